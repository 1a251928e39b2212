/* errand_x86_64.S: sends a thread of the target on an errand: to call one function of the target, on a stack
 * of its own, and to come back by itself to where it was, as if nothing had happened.
 *
 * This is no part of libsleeper.so: it is how the library gets into a process. The debugger copies these bytes,
 * the block filled in, to where nothing else is ever executed, sets $rip = entry and $orig_rax = -1, and lets go
 * at once. From then on nobody is needed: neither the debugger nor the CLI. The bytes are position-independent
 * and write nothing into themselves, for the memory may not be writable.
 *
 * The block is at the beginning; src/agent/errand.ts knows its layout, gdb-scripts/sleeper.gdb that of the
 * registers. A test compares them. */
#include <asm/unistd.h>

#define PROT_READ_WRITE 3
#define MAP_PRIVATE_ANONYMOUS_NORESERVE_FIXED_NOREPLACE 0x104022
#define SIG_SETMASK 2
#define SIGNAL_SET_BYTES 8
/* include/linux/errno.h */
#define ERESTARTSYS 512
#define ERESTARTNOHAND 514
#define ERESTART_RESTARTBLOCK 516

/* The room: what is mapped for the errand. On failure it stays, for the CLI to read why; else it goes. */
#define ROOM_STATE 0                    /* 1: failed; 2: the vector state needs more room than there is */
#define ROOM_RESULT 8
#define ROOM_ERRNO 16
#define ROOM_TEXT 24                    /* the pointer that `explain` returned */
#define ROOM_OLD_MASK 32
#define ROOM_VECTORS 64                 /* XSAVE wants 64-byte alignment */
#define VECTORS_BYTES 0x8000

        .text
block:
block_registers:                        /* of the interrupted code; the debugger writes them */
rbx:    .quad 0
rcx:    .quad 0
rdx:    .quad 0
rsi:    .quad 0
rdi:    .quad 0
rbp:    .quad 0
r8:     .quad 0
r9:     .quad 0
r10:    .quad 0
r11:    .quad 0
r12:    .quad 0
r13:    .quad 0
r14:    .quad 0
r15:    .quad 0
flags:  .quad 0
rsp:    .quad 0
rip:    .quad 0
rax:    .quad 0
syscall_number:                         /* $orig_rax: -1 when it was in no system call */
        .quad 0
block_order:                            /* what is to be done; the CLI writes it */
room:   .quad 0                         /* where to map the room: an address that is free */
room_size:
        .quad 0
function:
        .quad 0
arguments:
        .quad 0, 0, 0
failure:                                /* the result that means that it failed, beside -1 to -4095 */
        .quad 0
explain:                                /* called then, without arguments; its result is kept. 0: nothing */
        .quad 0
errno_location:                         /* libc's __errno_location */
        .quad 0
all_signals:
        .quad -1

        /* The kernel steps back over a system call instruction to restart it: see entry_x86_64.S. */
        nop
        nop
        .globl  errand_entry
errand_entry:
        mov     $__NR_mmap, %eax
        mov     room(%rip), %rdi
        mov     room_size(%rip), %rsi
        mov     $PROT_READ_WRITE, %edx
        mov     $MAP_PRIVATE_ANONYMOUS_NORESERVE_FIXED_NOREPLACE, %r10d
        mov     $-1, %r8
        xor     %r9d, %r9d
        syscall
        cmp     $-4096, %rax
        ja      back                    /* no room: nothing was done */
        mov     %rax, %r13

        /* A signal handler of the target would run in the middle of the function. Before the stack pointer is changed:
           see entry_x86_64.S. */
        mov     $__NR_rt_sigprocmask, %eax
        mov     $SIG_SETMASK, %edi
        lea     all_signals(%rip), %rsi
        lea     ROOM_OLD_MASK(%r13), %rdx
        mov     $SIGNAL_SET_BYTES, %r10d
        syscall
        mov     room_size(%rip), %rsp
        lea     -64(%rsp,%r13), %rsp    /* whatever the number of its arguments, a function may look for more */
        cld

        /* All that the processor has switched on; the room is new and therefore zero, as XSAVE wants it. */
        mov     $1, %eax
        cpuid
        bt      $27, %ecx               /* OSXSAVE */
        jnc     unable
        mov     $13, %eax
        xor     %ecx, %ecx
        cpuid
        cmp     $VECTORS_BYTES, %ebx    /* the size of the area for what is switched on */
        ja      unable
        xor     %ecx, %ecx
        xgetbv
        xsave64 ROOM_VECTORS(%r13)

        call    *errno_location(%rip)
        mov     %rax, %r14
        mov     (%rax), %r15d
        mov     arguments(%rip), %rdi
        mov     arguments+8(%rip), %rsi
        mov     arguments+16(%rip), %rdx
        xor     %eax, %eax
        call    *function(%rip)
        mov     %rax, ROOM_RESULT(%r13)
        mov     (%r14), %ecx
        mov     %rcx, ROOM_ERRNO(%r13)
        xor     %ebx, %ebx
        cmp     failure(%rip), %rax
        je      failed
        cmp     $-4096, %rax
        jbe     1f
failed: mov     $1, %ebx
        mov     explain(%rip), %rax
        test    %rax, %rax
        jz      1f
        call    *%rax
        mov     %rax, ROOM_TEXT(%r13)
1:      mov     %r15d, (%r14)

        xor     %ecx, %ecx
        xgetbv
        xrstor64 ROOM_VECTORS(%r13)
        jmp     leave
unable:
        mov     $2, %ebx
leave:
        /* From here on the thread is on its own stack again: with the signals comes whoever handles them. */
        mov     rsp(%rip), %rsp
        mov     $__NR_rt_sigprocmask, %eax
        mov     $SIG_SETMASK, %edi
        lea     ROOM_OLD_MASK(%r13), %rsi
        xor     %edx, %edx
        mov     $SIGNAL_SET_BYTES, %r10d
        syscall
        mov     %rbx, ROOM_STATE(%r13)
        test    %rbx, %rbx
        jnz     back
        mov     $__NR_munmap, %eax
        mov     %r13, %rdi
        mov     room_size(%rip), %rsi
        syscall

        /* As the kernel restarts a system call: arch/x86/kernel/signal.c, arch_do_signal_or_restart. */
back:
        mov     rsp(%rip), %rsp
        mov     rip(%rip), %rbx
        mov     rax(%rip), %rax
        mov     syscall_number(%rip), %rcx
        test    %rcx, %rcx
        js      2f
        cmp     $-ERESTART_RESTARTBLOCK, %rax
        jne     1f
        mov     $__NR_restart_syscall, %eax
        sub     $2, %rbx
        jmp     2f
1:      lea     ERESTARTNOHAND(%rax), %rdx
        cmp     $ERESTARTNOHAND - ERESTARTSYS, %rdx
        ja      2f
        mov     %rcx, %rax
        sub     $2, %rbx
2:
        lea     -128(%rsp), %rsp        /* the red zone */
        push    %rbx
        push    flags(%rip)
        popfq
        mov     rbx(%rip), %rbx
        mov     rcx(%rip), %rcx
        mov     rdx(%rip), %rdx
        mov     rsi(%rip), %rsi
        mov     rdi(%rip), %rdi
        mov     rbp(%rip), %rbp
        mov     r8(%rip), %r8
        mov     r9(%rip), %r9
        mov     r10(%rip), %r10
        mov     r11(%rip), %r11
        mov     r12(%rip), %r12
        mov     r13(%rip), %r13
        mov     r14(%rip), %r14
        mov     r15(%rip), %r15
        ret     $128
        .section .note.GNU-stack, "", @progbits
