/* entry_x86_64.S: what the debugger makes a thread jump to. The contract is in sleeper.h.
 *
 * Every register belongs to the interrupted code, the stack pointer too: below it may lie a red zone.
 * The vector state needs no saving: the frozen tier is compiled with -mgeneral-regs-only. */
#include <asm/unistd.h>

#define CALL_STACK_TOP sleeper__call+0(%rip)
#define CALL_INTERRUPTED_SP sleeper__call+8(%rip)
#define CALL_FRAME sleeper__call+16(%rip)
#define CALL_RESUME_PC sleeper__call+24(%rip)
#define CALL_TID sleeper__call+32(%rip)
#define SIGURG 23

        /* What the stub pushed, and the stack pointer. */
        .macro  put_back
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rdi
        pop     %rsi
        pop     %rbp
        pop     %rbx
        pop     %rdx
        pop     %rcx
        pop     %rax
        popfq
        mov     CALL_INTERRUPTED_SP, %rsp
        .endm

        .text
        .globl  sleeper_entry
        .type   sleeper_entry, @function
        .hidden sleeper__call
        .hidden sleeper__entry_done
        .globl  sleeper__entry_done
        .hidden sleeper__entry_landing
        .globl  sleeper__entry_landing

        /* Where the kernel restarts a system call it steps back over the syscall instruction. If the
           debugger dies before it has set $orig_rax, that is here. */
        nop
        nop
sleeper_entry:
        .cfi_startproc
        .cfi_undefined rip              /* unwinding ends here */
        mov     %rsp, CALL_INTERRUPTED_SP
        mov     CALL_STACK_TOP, %rsp
        pushfq
        push    %rax
        push    %rcx
        push    %rdx
        push    %rbx
        push    %rbp
        push    %rsi
        push    %rdi
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %r12
        push    %r13
        push    %r14
        push    %r15                    /* 16 of 8 bytes: the stack is still aligned */
        mov     %rsp, CALL_FRAME
        cld                             /* the ABI's promise to C; the interrupted code may be in `std` */
        call    sleeper__call_serve_as

        /* The thread is put back as far as it can be, so that little is left to do for the debugger. tkill,
           for it takes an argument less than tgkill; a thread cannot mistake its own id. */
        put_back
        mov     CALL_TID, %edi
        mov     $SIGURG, %esi
        mov     $__NR_tkill, %eax
        syscall                         /* leaves its mark in %rax, %rcx and %r11 */
sleeper__entry_done:                    /* the debugger sees the thread here */
        test    %eax, %eax
        jz      sleeper__entry_landing
        int3                            /* the signal could not be sent: seccomp */
        nop                             /* stepped back over, as above, when the debugger dies */
        nop
sleeper__entry_landing:
        mov     CALL_FRAME, %rsp
        cld
        call    sleeper__call_resume_as
        put_back
        jmp     *CALL_RESUME_PC
        .cfi_endproc
        .size   sleeper_entry, . - sleeper_entry
        .section .note.GNU-stack, "", @progbits
