#include "board.h"

#include <string.h>

extern uint32_t _stack_top, _stack_bottom, _data_load, _data_start, _data_end, _bss_start, _bss_end;

int main(void);

static void reset(void)
{
    memcpy(&_data_start, &_data_load, (size_t)((char *)&_data_end - (char *)&_data_start));
    memset(&_bss_start, 0, (size_t)((char *)&_bss_end - (char *)&_bss_start));
    board_exit(main());
}

static void fault(void)
{
    board_print("fault\n");
    board_exit(1);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))&_stack_top, reset, fault, fault, fault, fault, fault,
};

/* Arm, "Semihosting for AArch32 and AArch64": an operation and its arguments to the host. */
static uint32_t host(uint32_t operation, const void *arguments)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

enum { OPEN = 0x01, CLOSE = 0x02, WRITE = 0x05, READ = 0x06, TIME = 0x11, EXIT = 0x20 };
enum { MODE_READ = 1, MODE_WRITE = 5 };

static uint32_t open_file(const char *file, uint32_t mode)
{
    uint32_t arguments[] = {(uint32_t)file, mode, strlen(file)};
    return host(OPEN, arguments);
}

size_t board_read(const char *file, char *out, size_t len)
{
    uint32_t handle = open_file(file, MODE_READ);
    uint32_t arguments[] = {handle, (uint32_t)out, len};
    size_t unread = host(READ, arguments);
    host(CLOSE, &handle);
    return len - unread;
}

void board_write(const char *file, const char *text, size_t len)
{
    uint32_t handle = open_file(file, MODE_WRITE);
    uint32_t arguments[] = {handle, (uint32_t)text, len};
    host(WRITE, arguments);
    host(CLOSE, &handle);
}

/* The name of the host's standard output. */
void board_print(const char *text)
{
    board_write(":tt", text, strlen(text));
}

uint32_t board_time(void)
{
    return host(TIME, 0);
}

void board_exit(int code)
{
    uint32_t arguments[] = {0x20026 /* the application ended by itself */, (uint32_t)code};
    host(EXIT, arguments);
    for (;;) {
    }
}

static volatile uint32_t *const TIMER = (volatile uint32_t *)0xe000e010; /* control, reload, current */
static const uint32_t TIMER_MAX = 0xffffff;
static const uint32_t INSTRUCTIONS_PER_TICK = 40; /* 25 MHz, an instruction takes 1 ns */
static const uint32_t PAINT = 0xc0ffee11;
static uint32_t before, top;

void board_measure(void)
{
    __asm__ volatile("mov %0, sp" : "=r"(top));
    for (volatile uint32_t *word = &_stack_bottom; (uint32_t)word < top - 64; word++) {
        *word = PAINT;
    }
    TIMER[1] = TIMER_MAX;
    TIMER[2] = 0;
    TIMER[0] = 5;
    before = TIMER[2];
}

uint32_t board_instructions(void)
{
    uint32_t after = TIMER[2];
    if (TIMER[0] & (1u << 16)) {
        board_print("longer than the timer can count\n");
        board_exit(1);
    }
    return ((before - after) & TIMER_MAX) * INSTRUCTIONS_PER_TICK;
}

uint32_t board_stack_bytes(void)
{
    const volatile uint32_t *word = &_stack_bottom;
    while (*word == PAINT) {
        word++;
    }
    return top - (uint32_t)word;
}
