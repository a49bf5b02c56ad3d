/* What runs before main on a Cortex-M4 with a floating-point unit. */
#include <stdint.h>

#include "host.h"

#define PAINT 0xA5A5A5A5u

extern uint32_t data_start[], data_end[], bss_start[], bss_end[];
extern const uint32_t data_load[];
extern uint32_t stack_bottom[], stack_top[];

int main(void);
void Reset_Handler(void);

static void Fault_Handler(void)
{
    host_print("fault\n");
    host_exit(1);
}

/* How much of the stack was never used still has the color of the beginning. */
static void print_stack(void)
{
    const uint32_t *lowest = stack_bottom;
    uint32_t used;
    char text[] = "stack 00000 bytes\n";
    while (lowest < stack_top && *lowest == PAINT)
        lowest++;
    used = (uint32_t)((uintptr_t)stack_top - (uintptr_t)lowest);
    for (int digit = 10; digit > 5; digit--) {
        text[digit] = (char)('0' + used % 10);
        used /= 10;
    }
    host_print(text);
}

static int run(void)
{
    int code = main();
    print_stack();
    return code;
}

void Reset_Handler(void)
{
    const uint32_t *from = data_load;
    uint32_t here;
    for (volatile uint32_t *to = stack_bottom; to + 16 < &here; to++)
        *to = PAINT;
    for (uint32_t *to = data_start; to < data_end; to++)
        *to = *from++;
    for (uint32_t *to = bss_start; to < bss_end; to++)
        *to = 0;
    /* The library is built for a core whose floating-point unit is on: CPACR, full access to CP10 and CP11. */
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
    __asm volatile("dsb\n\tisb");
    host_exit(run());
}

struct vectors {
    uint32_t *stack;
    void (*handlers[15])(void);
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    stack_top,
    {Reset_Handler, Fault_Handler, Fault_Handler, Fault_Handler, Fault_Handler, Fault_Handler},
};
