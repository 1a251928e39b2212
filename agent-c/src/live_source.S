/* live_source.S: live.py, as it is, ended by a NUL. */
  .section .rodata
  .globl sleeper__live_source
  .hidden sleeper__live_source
  .type sleeper__live_source, %object
sleeper__live_source:
  .incbin "live/live.py"
  .byte 0
  .size sleeper__live_source, . - sleeper__live_source
  .section .note.GNU-stack, "", %progbits
