// The load generator: one thread, keep-alive connections, ready requests from a file. In C, since it shares the cores with
// what it loads: it takes some ten microseconds per request.
//
//   load PORT CONNECTIONS SECONDS STATUS MODE RATE REQUESTS [ANSWERS]
//
// REQUESTS holds requests, each after its length (32 bits, little-endian). MODE `loop` sends them over and over, `once` each
// one once. RATE 0 is a closed loop: a connection asks again when it has its answer. Otherwise RATE requests are due per
// second whatever the server does, and a request's time counts from when it was due, so that waiting for a connection is
// part of it. ANSWERS gets the answers' bodies, in the same form. It prints one JSON object.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, MAXIMUM_CONNECTIONS = 4096, PATIENCE_SECONDS = 30 };

struct connection {
  int socket;
  int busy;
  double due;
  size_t have;
  char *buffer;
};

static const char *requests;
static size_t *offsets;
static size_t request_count;
static struct connection connections[MAXIMUM_CONNECTIONS];
static int idle[MAXIMUM_CONNECTIONS], idle_count;
static uint32_t *micros;
static size_t finished, capacity, failed, sent;
static char first_failure[600];
static int expected;
static FILE *answers;

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void read_requests(const char *path) {
  FILE *file = fopen(path, "rb");
  struct stat facts;
  if (!file || fstat(fileno(file), &facts)) die(path);
  requests = mmap(NULL, facts.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fileno(file), 0);
  if (requests == MAP_FAILED) die(path);
  for (size_t at = 0; at + 4 <= (size_t)facts.st_size;) {
    uint32_t length;
    memcpy(&length, requests + at, 4);
    if (request_count % 4096 == 0) offsets = realloc(offsets, (request_count + 4096) * sizeof *offsets);
    offsets[request_count++] = at;
    at += 4 + length;
  }
}

static void ask(int number, double due) {
  struct connection *connection = &connections[number];
  size_t at = offsets[sent++ % request_count];
  uint32_t length;
  memcpy(&length, requests + at, 4);
  connection->busy = 1;
  connection->due = due;
  connection->have = 0;
  // A request is smaller than a socket's buffer, which is empty: it goes at once or not at all.
  if (send(connection->socket, requests + at + 4, length, MSG_NOSIGNAL) != (ssize_t)length) die("send");
}

// The whole answer's length; 0 while its head is not complete. `body` gets where the body begins.
static size_t answer_length(struct connection *connection, size_t *body) {
  char *end = memmem(connection->buffer, connection->have, "\r\n\r\n", 4);
  if (!end) return 0;
  *body = end + 4 - connection->buffer;
  for (char *line = connection->buffer; line < end; line = (char *)memchr(line, '\n', end + 2 - line) + 1) {
    if (!strncasecmp(line, "content-length:", 15)) return *body + strtoul(line + 15, NULL, 10);
    if (!strncasecmp(line, "transfer-encoding:", 18)) die("a chunked answer, which is not read here");
  }
  return *body;
}

// Whether the connection's answer is complete.
static int receive(int number, double *latest) {
  struct connection *connection = &connections[number];
  ssize_t count = recv(connection->socket, connection->buffer + connection->have, BUFFER - connection->have, 0);
  if (count <= 0) die("the server closed a connection");
  connection->have += count;
  size_t body = 0, length = answer_length(connection, &body);
  if (!length || connection->have < length) {
    if (connection->have == BUFFER) die("an answer is too long");
    return 0;
  }
  *latest = now();
  int status = atoi(connection->buffer + 9);
  if (status == expected) {
    if (finished == capacity) micros = realloc(micros, (capacity = capacity ? capacity * 2 : 1 << 16) * sizeof *micros);
    micros[finished++] = (uint32_t)((*latest - connection->due) * 1e6);
  } else if (!failed++) {
    snprintf(first_failure, sizeof first_failure, "%d %.*s", status, (int)(length - body > 400 ? 400 : length - body),
             connection->buffer + body);
  }
  if (answers) {
    uint32_t size = length - body;
    fwrite(&size, 4, 1, answers);
    fwrite(connection->buffer + body, size, 1, answers);
  }
  connection->busy = 0;
  return 1;
}

static int ascending(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

static double percentile(double share) { return finished ? micros[(size_t)(share * (finished - 1))] / 1000.0 : 0; }

int main(int count, char **arguments) {
  if (count < 8) {
    fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS STATUS loop|once RATE REQUESTS [ANSWERS]\n");
    return 64;
  }
  int port = atoi(arguments[1]), connection_count = atoi(arguments[2]), once = !strcmp(arguments[5], "once");
  double seconds = atof(arguments[3]), rate = atof(arguments[6]);
  expected = atoi(arguments[4]);
  read_requests(arguments[7]);
  if (count > 8 && !(answers = fopen(arguments[8], "wb"))) die(arguments[8]);
  if (connection_count > MAXIMUM_CONNECTIONS) connection_count = MAXIMUM_CONNECTIONS;

  int poll = epoll_create1(0);
  for (int number = 0; number < connection_count; number++) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, socket_number = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(socket_number, (struct sockaddr *)&address, sizeof address)) die("connect");
    setsockopt(socket_number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connections[number] = (struct connection){.socket = socket_number, .buffer = malloc(BUFFER)};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
    epoll_ctl(poll, EPOLL_CTL_ADD, socket_number, &event);
    idle[idle_count++] = number;
  }

  double begin = now(), end = begin + seconds, latest = begin, heard = begin;
  struct epoll_event events[256];
  for (;;) {
    double time = now();
    // What is due by now and has a connection is sent; in a closed loop, whatever has a connection.
    while (idle_count && time < end && !(once && sent == request_count)) {
      double due = rate > 0 ? begin + sent / rate : time;
      if (due > time) break;
      ask(idle[--idle_count], due);
    }
    int over = time >= end || (once && sent == request_count);
    if (over && idle_count == connection_count) break;
    double left = 1;
    if (rate > 0 && !over && idle_count) left = begin + sent / rate - now();
    if (left < 0) left = 0;
    // In nanoseconds: waiting for whole milliseconds would mean to spin, or to be late.
    struct timespec wait = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (time_t)left) * 1e9)};
    int ready = epoll_pwait2(poll, events, 256, &wait, NULL);
    if (ready < 0 && errno != EINTR) die("epoll_pwait2");
    if (ready > 0) heard = time;
    if (time - heard > PATIENCE_SECONDS) die("no answer for too long");
    for (int each = 0; each < ready; each++) {
      int number = events[each].data.u32;
      if (!receive(number, &latest)) continue;
      idle[idle_count++] = number;
    }
  }
  if (answers) fclose(answers);

  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  qsort(micros, finished, sizeof *micros, ascending);
  for (char *at = first_failure; *at; at++)
    if (*at == '"' || *at == '\\' || (unsigned char)*at < 32) *at = ' ';
  printf("{\"count\": %zu, \"failed\": %zu, \"wall\": %.6f, \"cpu\": %.3f, \"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f, "
         "\"failure\": \"%s\"}\n",
         finished, failed, latest - begin, cpu, percentile(0.5), percentile(0.99), percentile(1), first_failure);
  return 0;
}
