// What the Swift driver needs from C and Swift's Glibc module does not offer: libpq's client interface, and epoll and
// eventfd for the thread that all connections share. No code of ours lives here.
#pragma once

#include <libpq-fe.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
