#include "host.h"

#include <stdint.h>

/* Numbers of "Semihosting for AArch32 and AArch64", release 2.0. */
enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { READ_BINARY = 1, WRITE_BINARY = 5 };

static intptr_t call(int number, const void *argument)
{
    register intptr_t r0 __asm("r0") = number;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static intptr_t open(const char *name, int mode)
{
    uintptr_t arguments[3] = {(uintptr_t)name, (uintptr_t)mode, 0};
    while (name[arguments[2]] != '\0')
        arguments[2]++;
    return call(SYS_OPEN, arguments);
}

static void close(intptr_t file)
{
    intptr_t arguments[1] = {file};
    call(SYS_CLOSE, arguments);
}

size_t host_read(const char *name, void *out, size_t size)
{
    uintptr_t arguments[3] = {0, (uintptr_t)out, size};
    intptr_t file = open(name, READ_BINARY);
    intptr_t left;
    if (file < 0)
        return 0;
    arguments[0] = (uintptr_t)file;
    left = call(SYS_READ, arguments);
    close(file);
    return left < 0 || (size_t)left > size ? 0 : size - (size_t)left;
}

int host_write(const char *name, const void *data, size_t len)
{
    uintptr_t arguments[3] = {0, (uintptr_t)data, len};
    intptr_t file = open(name, WRITE_BINARY);
    intptr_t left;
    if (file < 0)
        return -1;
    arguments[0] = (uintptr_t)file;
    left = call(SYS_WRITE, arguments);
    close(file);
    return left == 0 ? 0 : -1;
}

void host_print(const char *text)
{
    size_t len = 0;
    while (text[len] != '\0')
        len++;
    /* The name of the host's standard output. */
    host_write(":tt", text, len);
}

void host_exit(int code)
{
    uintptr_t arguments[2] = {0x20026, (uintptr_t)code};
    for (;;)
        call(SYS_EXIT_EXTENDED, arguments);
}
