/* entry_x86_64.S: what the debugger makes a thread jump to.
 *
 * On entry: %rsp is the top of the agent's own stack, every other register belongs to the
 * interrupted code. On the trap all of them but %rip and %rsp are as they were. The vector state
 * needs no saving: the frozen tier is compiled with -mgeneral-regs-only. */
        .text
        .globl  sleeper_entry
        .hidden sleeper__entry_trap
        .globl  sleeper__entry_trap
        .type   sleeper_entry, @function
sleeper_entry:
        .cfi_startproc
        .cfi_undefined rip              /* unwinding ends here */
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
        push    %r15
        cld                             /* the ABI's promise to C; the interrupted code may be in `std` */
        mov     %rsp, %rbp
        and     $-16, %rsp
        call    sleeper__serve_as
        mov     %rbp, %rsp
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
        int3
sleeper__entry_trap:                    /* int3 leaves the program counter behind itself */
        hlt                             /* never reached: the debugger restores %rip first */
        .cfi_endproc
        .size   sleeper_entry, . - sleeper_entry
        .section .note.GNU-stack, "", @progbits
