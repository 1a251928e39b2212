"""Puts itself under a seccomp filter, and hangs: seccomp_filter.py ACTION SYSCALL..., for x86-64. ACTION is what a
filter returns for the system calls with these numbers: "kill" or "errno"; others are allowed. Prints "ready"; when
stdin ends, "fine".
"""
import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
FILTER_MODE = 2
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW = 0x7FFF0000
REFUSALS = {"kill": 0x80000000, "errno": 0x00050001}

refusal = REFUSALS[sys.argv[1]]
numbers = [int(number) for number in sys.argv[2:]]


def instruction(code, yes, no, value):
    return struct.pack("HBBI", code, yes, no, value)


code = instruction(LOAD, 0, 0, 0)  # the number of the system call
for number in numbers:
    code += instruction(JUMP_EQUAL, 0, 1, number) + instruction(RETURN, 0, 0, refusal)
code += instruction(RETURN, 0, 0, ALLOW)
program = ctypes.create_string_buffer(code)
header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(program)))
prctl = ctypes.CDLL(None).prctl
assert prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
assert prctl(PR_SET_SECCOMP, FILTER_MODE, ctypes.byref(header)) == 0
os.write(1, b"ready\n")
os.read(0, 1)
os.write(1, b"fine\n")
