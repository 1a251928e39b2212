"""Runs a program under a seccomp filter that forbids ptrace(): no_ptrace.py PROGRAM ARGUMENT..."""

import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
FILTER_MODE = 2
PTRACE = 101 if os.uname().machine == "x86_64" else 117
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # the latter with EPERM


def instruction(code, yes, no, value):
    return struct.pack("HBBI", code, yes, no, value)


program = ctypes.create_string_buffer(
    instruction(LOAD, 0, 0, 0)  # the number of the system call
    + instruction(JUMP_EQUAL, 0, 1, PTRACE)
    + instruction(RETURN, 0, 0, REFUSE)
    + instruction(RETURN, 0, 0, ALLOW)
)
header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(program)))
prctl = ctypes.CDLL(None).prctl
assert prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
assert prctl(PR_SET_SECCOMP, FILTER_MODE, ctypes.byref(header)) == 0
os.execvp(sys.argv[1], sys.argv[1:])
