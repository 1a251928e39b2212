/* entry_aarch64.S: what the debugger makes a thread jump to; see entry_x86_64.S. */
        .text
        .globl  sleeper_entry
        .hidden sleeper__entry_done
        .globl  sleeper__entry_done
        .type   sleeper_entry, %function
sleeper_entry:
        .cfi_startproc
        .cfi_undefined x30
        sub     sp, sp, #272
        stp     x0, x1, [sp, #0]
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x19, [sp, #144]
        stp     x20, x21, [sp, #160]
        stp     x22, x23, [sp, #176]
        stp     x24, x25, [sp, #192]
        stp     x26, x27, [sp, #208]
        stp     x28, x29, [sp, #224]
        mrs     x0, nzcv
        stp     x30, x0, [sp, #240]
        bl      sleeper__call_serve_as
        ldp     x30, x0, [sp, #240]
        msr     nzcv, x0
        ldp     x28, x29, [sp, #224]
        ldp     x26, x27, [sp, #208]
        ldp     x24, x25, [sp, #192]
        ldp     x22, x23, [sp, #176]
        ldp     x20, x21, [sp, #160]
        ldp     x18, x19, [sp, #144]
        ldp     x16, x17, [sp, #128]
        ldp     x14, x15, [sp, #112]
        ldp     x12, x13, [sp, #96]
        ldp     x10, x11, [sp, #80]
        ldp     x8, x9, [sp, #64]
        ldp     x6, x7, [sp, #48]
        ldp     x4, x5, [sp, #32]
        ldp     x2, x3, [sp, #16]
        ldp     x0, x1, [sp, #0]
        add     sp, sp, #272
sleeper__entry_done:                    /* brk leaves the program counter at itself */
        brk     #0
        .cfi_endproc
        /* A thread cannot go back by itself here: the debugger restores all registers. */
        .irp    unused, begun, end, landing
sleeper__entry_\unused:
        .hidden sleeper__entry_\unused
        .globl  sleeper__entry_\unused
        .endr
        .size   sleeper_entry, . - sleeper_entry
        .section .note.GNU-stack, "", %progbits
