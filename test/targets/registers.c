/* registers.c: holds known values in all registers of a thread while something happens to it, and says
 * afterwards which of them have changed. For registers.py; x86-64. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

/* Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 13: the components of
 * XSAVE. */
#define LEGACY ((uint64_t)3)     /* x87 and SSE */
#define VECTORS ((uint64_t)0xe7) /* and AVX, opmasks, both parts of AVX-512 */
#define TILES ((uint64_t)0x60000)
#define TILE_DATA 18
#define ARCH_REQ_XCOMP_PERM 0x1023
#define HEADER 512
#define AREA_BYTES 16384
#define GENERAL 14

/* What can be set by popf, but for trap, interrupt, alignment check: carry, parity, adjust, zero, sign,
 * direction, overflow. */
#define FLAGS ((uint64_t)0xcd5)

struct state {
  uint8_t vectors[AREA_BYTES] __attribute__((aligned(64)));
  uint64_t general[GENERAL];
  uint64_t flags;
  uint64_t stack_pointer;
  uint64_t red_zone[16];
};

/* Named by the assembler below; one library has them once. */
#define SHARED __attribute__((visibility("hidden"), used))
extern struct state registers_wanted, registers_found;
extern uint8_t registers_before[AREA_BYTES];
extern uint64_t registers_mask;
extern volatile int32_t registers_stop;
SHARED struct state registers_wanted, registers_found;
SHARED uint8_t registers_before[AREA_BYTES] __attribute__((aligned(64)));
SHARED uint64_t registers_mask;
SHARED volatile int32_t registers_stop;

static int spoils;

extern void registers_spin(void) __attribute__((visibility("hidden")));
extern const char registers_loop[] __attribute__((visibility("hidden")));
extern const char registers_loop_end[] __attribute__((visibility("hidden")));
/* Between the two loops over the general registers there is no instruction that changes the flags, and no
   system call. %rcx is what is looked at. */
__asm__(".text\n"
        ".hidden registers_spin\n"
        ".globl registers_spin\n"
        "registers_spin:\n"
        "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "  mov registers_mask(%rip), %eax\n"
        "  mov registers_mask+4(%rip), %edx\n"
        "  xrstor64 registers_wanted(%rip)\n"
        "  mov %rsp, registers_wanted+16384+120(%rip)\n"
        "  lea registers_wanted+16384+128(%rip), %rsi\n"
        "  lea -128(%rsp), %rdi\n"
        "  mov $16, %ecx\n"
        "  rep movsq\n"
        "  lea -128(%rsp), %rsp\n"
        "  push registers_wanted+16384+112(%rip)\n"
        "  popfq\n"
        "  lea 128(%rsp), %rsp\n"
        ".set offset, 0\n"
        ".irp register, rax, rbx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n"
        "  mov registers_wanted+16384+offset(%rip), %\\register\n"
        "  .set offset, offset + 8\n"
        ".endr\n"
        ".hidden registers_loop, registers_loop_end\n"
        ".globl registers_loop, registers_loop_end\n"
        "registers_loop:\n"
        "  mov registers_stop(%rip), %ecx\n"
        "  jrcxz registers_loop\n"
        "registers_loop_end:\n"
        ".set offset, 0\n"
        ".irp register, rax, rbx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n"
        "  mov %\\register, registers_found+16384+offset(%rip)\n"
        "  .set offset, offset + 8\n"
        ".endr\n"
        "  mov %rsp, registers_found+16384+120(%rip)\n"
        "  lea -128(%rsp), %rsp\n"
        "  pushfq\n"
        "  pop registers_found+16384+112(%rip)\n"
        "  lea 128(%rsp), %rsp\n"
        "  cld\n"
        "  lea -128(%rsp), %rsi\n"
        "  lea registers_found+16384+128(%rip), %rdi\n"
        "  mov $16, %ecx\n"
        "  rep movsq\n"
        "  mov registers_mask(%rip), %eax\n"
        "  mov registers_mask+4(%rip), %edx\n"
        "  xsave64 registers_found(%rip)\n"
        "  xrstor64 registers_before(%rip)\n"
        "  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "  ret\n");
_Static_assert(AREA_BYTES == 16384 && GENERAL * 8 == 112, "the assembler above knows it");

static const char *const general_names[GENERAL] = {"rax", "rbx", "rdx", "rsi", "rdi", "rbp", "r8",
                                                   "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

/* Not the same twice, and never zero. */
static void fill(void *to, size_t bytes) {
  static uint64_t random = 0x9e3779b97f4a7c15;
  for (size_t i = 0; i < bytes; i++) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    ((uint8_t *)to)[i] = (uint8_t)random | 1;
  }
}

static void put16(uint8_t *at, uint16_t value) {
  memcpy(at, &value, sizeof value);
}

struct component {
  uint32_t offset, bytes;
};

static struct component component(uint32_t number) {
  uint32_t bytes, offset, c, d;
  __cpuid_count(13, number, bytes, offset, c, d);
  return (struct component){offset, bytes};
}

static void want_tiles(uint8_t *tiles) {
  /* Palette 1; eight tiles of 16 rows of 64 bytes. */
  memset(tiles, 0, 64);
  tiles[0] = 1;
  for (int tile = 0; tile < 8; tile++) {
    put16(tiles + 16 + 2 * tile, 64);
    tiles[48 + tile] = 16;
  }
}

/* False: this processor has no XSAVE, or more registers than are known here. */
static int choose_components(void) {
  uint32_t a, b, c, d, low, high;
  __cpuid(1, a, b, c, d);
  if ((c & bit_OSXSAVE) == 0) return 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  uint64_t enabled = (uint64_t)high << 32 | low;
  registers_mask = enabled & VECTORS;
  if ((enabled & TILES) == TILES && syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, TILE_DATA) == 0)
    registers_mask |= TILES;
  __cpuid_count(13, 0, a, b, c, d);
  return b <= AREA_BYTES;
}

static void want(void) {
  uint8_t *area = registers_wanted.vectors;
  __asm__ volatile("xsave64 %0"
                   : "=m"(registers_before)
                   : "a"((uint32_t)registers_mask), "d"((uint32_t)(registers_mask >> 32))
                   : "memory");
  memcpy(area, registers_before, AREA_BYTES);
  put16(area, 0x0b7f);                       /* x87: rounds up, all exceptions masked */
  put16(area + 2, 0x6900);                   /* its stack begins at 5; two condition codes are set */
  area[4] = 0xff;                            /* and all of it is in use */
  memcpy(area + 24, &(uint32_t){0xbfc0}, 4); /* MXCSR: rounds down, denormals are zero, all masked */
  for (int i = 0; i < 8; i++) fill(area + 32 + 16 * i, 10);
  fill(area + 160, 256); /* xmm0 to xmm15 */
  memcpy(area + HEADER, &registers_mask, sizeof registers_mask);
  for (uint32_t i = 2; i < 64; i++)
    if (registers_mask >> i & 1) fill(area + component(i).offset, component(i).bytes);
  if (registers_mask & TILES) want_tiles(area + component(17).offset);
  fill(registers_wanted.general, sizeof registers_wanted.general);
  fill(registers_wanted.red_zone, sizeof registers_wanted.red_zone);
  registers_wanted.flags = FLAGS | 0x202;
}

static char answer[512];

static void compare(const char *name, size_t offset, size_t bytes) {
  size_t length = strlen(answer);
  if (memcmp((char *)&registers_wanted + offset, (char *)&registers_found + offset, bytes) != 0)
    snprintf(answer + length, sizeof answer - length, "%s ", name);
}

static const char *compared(void) {
  static const char *const names[] = {
      [2] = "ymm",   [5] = "opmasks", [6] = "zmm", [7] = "zmm16-31", [17] = "tile configuration",
      [18] = "tiles"};
  for (int i = 0; i < GENERAL; i++)
    compare(general_names[i], offsetof(struct state, general) + sizeof(uint64_t) * (size_t)i,
            sizeof(uint64_t));
  compare("flags", offsetof(struct state, flags), sizeof(uint64_t));
  compare("rsp", offsetof(struct state, stack_pointer), sizeof(uint64_t));
  compare("red zone", offsetof(struct state, red_zone), sizeof registers_wanted.red_zone);
  compare("x87", 0, 24);
  compare("mxcsr", 24, 4);
  compare("st", 32, 128);
  compare("xmm", 160, 256);
  compare("components", HEADER, 8);
  for (uint32_t i = 2; i < sizeof names / sizeof *names; i++)
    if (registers_mask >> i & 1) compare(names[i], component(i).offset, component(i).bytes);
  return answer[0] == 0 ? "fine" : answer;
}

static void on_signal(int signal, siginfo_t *info, void *interrupted) {
  (void)signal, (void)info;
  mcontext_t *context = &((ucontext_t *)interrupted)->uc_mcontext;
  uintptr_t at = (uintptr_t)context->gregs[REG_RIP];
  if (at < (uintptr_t)registers_loop || at >= (uintptr_t)registers_loop_end) {
    /* Not there yet: once more in a millisecond. */
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 1000}, NULL);
    return;
  }
  registers_stop = 1;
  if (!spoils) return;
  context->gregs[REG_R12]++;
  context->gregs[REG_EFL] ^= 1;
  context->fpregs->mxcsr ^= 0x40;
  context->fpregs->_xmm[15].element[3]++;
  ((uint8_t *)context->gregs[REG_RSP])[-1]++;
}

/* Says "ready", holds the registers until SIGUSR1 comes, and tells what has changed in them. `spoil`: that
 * signal's handler changes some, to show that it would be told. */
const char *hold(int spoil);
const char *hold(int spoil) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  spoils = spoil;
  if (!choose_components() || sigaction(SIGUSR1, &action, NULL) != 0 ||
      sigaction(SIGALRM, &action, NULL) != 0)
    return "not possible here";
  want();
  if (write(1, "ready\n", 6) != 6) return "nobody listens";
  registers_spin();
  return compared();
}
