"""Opens files until it may open no more, says "ready", and waits for stdin to end; then it says by how many it has got further."""
import os
import resource

soft, hard = 64, 256
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def leak():
    leaked = 0
    try:
        while True:
            os.dup(0)
            leaked += 1
    except OSError:
        return leaked


leak()
os.write(1, b'ready\n')
os.read(0, 1)
print(leak())
print(resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard))
