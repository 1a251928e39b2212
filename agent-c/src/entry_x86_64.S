/* entry_x86_64.S: what the debugger makes a thread jump to. The contract is in sleeper.h.
 *
 * Every register belongs to the interrupted code, the stack pointer too: below it may lie a red zone.
 * The vector state needs no saving: the frozen tier is compiled with -mgeneral-regs-only.
 *
 * On the agent's stack no handler of a signal may run. The thread may have been interrupted in a handler that
 * has a stack of its own (sigaltstack); the next one begins at the top of that stack, on top of the first, if
 * the kernel does not see by the stack pointer that the thread is there already. So signals are blocked before
 * the stack pointer is changed, and let through again when it has been put back. */
#include <asm/unistd.h>

#define CALL_STACK_TOP sleeper__call+0(%rip)
#define CALL_INTERRUPTED_SP sleeper__call+8(%rip)
#define CALL_FRAME sleeper__call+16(%rip)
#define CALL_RESUME_PC sleeper__call+24(%rip)
#define CALL_BLOCKED sleeper__call+32(%rip)
#define CALL_MASK_BEFORE sleeper__call+40(%rip)
#define CALL_MASK_AT_END sleeper__call+48(%rip)
#define CALL_ANNOUNCED sleeper__call+56(%rip)
#define CALL_SCRATCH(number) sleeper__call+64+8*number(%rip)
#define AGAIN_IN_CONTROL 540
#define SIG_BLOCK 0
#define SIG_SETMASK 2
#define MASK_BYTES 8

        /* Changes %rax, %rcx, %rdx, %rsi, %rdi, %r10 and %r11, but not the flags. */
        .macro  change_mask how, to, before
        mov     $\how, %edi
        lea     \to, %rsi
        .ifb    \before
        mov     $0, %edx
        .else
        lea     \before, %rdx
        .endif
        mov     $MASK_BYTES, %r10d
        mov     $__NR_rt_sigprocmask, %eax
        syscall
        .endm

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
        .hidden sleeper__entry_begun
        .globl  sleeper__entry_begun
        .hidden sleeper__entry_end
        .globl  sleeper__entry_end
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
        mov     %rax, CALL_SCRATCH(0)
        mov     %rcx, CALL_SCRATCH(1)
        mov     %rdx, CALL_SCRATCH(2)
        mov     %rsi, CALL_SCRATCH(3)
        mov     %rdi, CALL_SCRATCH(4)
        mov     %r10, CALL_SCRATCH(5)
        mov     %r11, CALL_SCRATCH(6)
        change_mask SIG_BLOCK, CALL_BLOCKED, CALL_MASK_BEFORE
        mov     CALL_SCRATCH(0), %rax
        mov     CALL_SCRATCH(1), %rcx
        mov     CALL_SCRATCH(2), %rdx
        mov     CALL_SCRATCH(3), %rsi
        mov     CALL_SCRATCH(4), %rdi
        mov     CALL_SCRATCH(5), %r10
        mov     CALL_SCRATCH(6), %r11
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
sleeper__entry_begun:
        cld                             /* the ABI's promise to C; the interrupted code may be in `std` */
        call    sleeper__call_serve_as

        /* A call that faulted or was broken off is sent here by the debugger. The thread is put back as far as
           it can be, so that little is left to do for the debugger; the signal, blocked until then, stops it
           when its mask is put back, before any other. */
sleeper__entry_end:
        mov     CALL_FRAME, %rsp
        cld
        call    sleeper__call_announce_as
        put_back
        change_mask SIG_SETMASK, CALL_MASK_AT_END
sleeper__entry_done:                    /* the debugger sees the thread here */
        cmpl    $0, CALL_ANNOUNCED
        jne     sleeper__entry_unseen
        int3                            /* the signal could not be sent: seccomp */

        /* Either the debugger is dead, or it has seen the thread elsewhere, at the beginning of a handler of a
           signal that came first, and wants to see it here. */
sleeper__entry_unseen:
        mov     sleeper_control@GOTPCREL(%rip), %rax
        cmpl    $0, AGAIN_IN_CONTROL(%rax)
        je      sleeper__entry_landing
        movl    $0, AGAIN_IN_CONTROL(%rax)
        change_mask SIG_BLOCK, CALL_BLOCKED
        jmp     sleeper__entry_end

        /* The thread goes back by itself. */
        nop                             /* stepped back over, as above, when the debugger dies */
        nop
sleeper__entry_landing:
        change_mask SIG_BLOCK, CALL_BLOCKED
        mov     CALL_FRAME, %rsp
        cld
        call    sleeper__call_resume_as
        put_back
        change_mask SIG_SETMASK, CALL_MASK_BEFORE
        mov     CALL_FRAME, %rax
        mov     32(%rax), %r11
        mov     40(%rax), %r10
        mov     64(%rax), %rdi
        mov     72(%rax), %rsi
        mov     96(%rax), %rdx
        mov     104(%rax), %rcx
        mov     112(%rax), %rax
        jmp     *CALL_RESUME_PC
        .cfi_endproc
        .size   sleeper_entry, . - sleeper_entry
        .section .note.GNU-stack, "", @progbits
