/* The emulated board: files of the host, the system timer, the stack. */
#include <stddef.h>
#include <stdint.h>

size_t board_read(const char *file, char *out, size_t len);
void board_write(const char *file, const char *text, size_t len);
void board_print(const char *text);
uint32_t board_time(void);
void board_exit(int code);

/* Paints the stack and starts to count. */
void board_measure(void);
/* Instructions since then, to the next 40, and the most stack in bytes that was in use since. */
uint32_t board_instructions(void);
uint32_t board_stack_bytes(void);
