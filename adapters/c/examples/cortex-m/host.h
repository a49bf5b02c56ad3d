/* The computer that the board is plugged into, or that emulates it: Arm semihosting. */
#ifndef EXAMPLE_HOST_H
#define EXAMPLE_HOST_H

#include <stddef.h>

void host_print(const char *text);
/* Reads a file. Returns its length, or 0. */
size_t host_read(const char *name, void *out, size_t size);
/* Writes a file. Returns 0, or -1. */
int host_write(const char *name, const void *data, size_t len);
void host_exit(int code) __attribute__((noreturn));

#endif
