/* musl.c: a program with the C library musl, but without Python; with registers.c. Waits for a line, or, with
 * an argument, holds its registers until SIGUSR1 comes; then it says how it fared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *hold(int spoil);

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1) {
    puts(hold(0));
    return 0;
  }
  char line[16];
  puts("ready");
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL) return 1;
  /* The allocator works as before. */
  char *copy = malloc(strlen(line) + 1);
  if (copy == NULL) return 2;
  fputs(strcpy(copy, line), stdout);
  free(copy);
  return 0;
}
