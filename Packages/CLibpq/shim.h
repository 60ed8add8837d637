// What the Swift driver needs from C and Swift's Glibc module does not offer: libpq's client interface, epoll and eventfd for the
// thread that all connections share, and three GNU functions for starting a server. No code of ours lives here.
#pragma once

#include <libpq-fe.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// Glibc has them, but its headers show them only under _GNU_SOURCE, which a Clang module cannot set after the fact.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
