"""Its only thread holds known values in all registers until SIGUSR1 comes, and then says what has changed in them: the
library of registers.c, whose path is the first argument, does it. With a second argument some are changed on purpose.
"""
from __future__ import print_function

import ctypes
import sys

hold = ctypes.CDLL(sys.argv[1]).hold
hold.restype = ctypes.c_char_p
print(hold(len(sys.argv) > 2).decode())
