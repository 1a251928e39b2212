/* freestanding.c: the four functions that gcc calls on its own. Ours, so that the frozen tier needs
 * no libc: its symbols may be bound lazily, which would take the dynamic loader's lock. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  char *t = to;
  const char *f = from;
#if defined(__x86_64__)
  void *end = t;
  __asm__ volatile("rep movsb" : "+D"(end), "+S"(f), "+c"(size) : : "memory");
#else
  for (size_t i = 0; i < size; i++) t[i] = f[i];
#endif
  return to;
}

void *memmove(void *to, const void *from, size_t size) {
  char *t = to;
  const char *f = from;
  if (t <= f || t >= f + size) return memcpy(to, from, size);
  while (size-- > 0) t[size] = f[size];
  return to;
}

void *memset(void *to, int byte, size_t size) {
  volatile char *t = to;
  for (size_t i = 0; i < size; i++) t[i] = (char)byte;
  return to;
}

int memcmp(const void *left, const void *right, size_t size) {
  const unsigned char *l = left;
  const unsigned char *r = right;
  for (size_t i = 0; i < size; i++)
    if (l[i] != r[i]) return l[i] - r[i];
  return 0;
}
