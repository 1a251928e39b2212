"""numpy's arrays and scalars, where numpy is installed."""

from harness import address_of


def check(c, random):
    try:
        import numpy as np
    except ImportError:
        return
    array = np.zeros((3, 4))
    c.shown(array, "<numpy.ndarray shape=(3, 4) dtype=float64 at 0x%x>" % address_of(array))
    for dtype, name in [("i4", "int32"), ("u1", "uint8"), ("?", "bool"), ("U5", "str"), ("O", "object"), ("c16", "complex128")]:
        array = np.zeros(5, dtype)[::2]
        c.shown(array, "<numpy.ndarray shape=(3,) dtype=%s at 0x%x>" % (name, address_of(array)))
    array = np.array(5)
    c.shown(array, "<numpy.ndarray shape=() dtype=int64 at 0x%x>" % address_of(array))
    scalars = [(np.float64(0.1), "numpy.float64(0.1)"), (np.int8(-3), "numpy.int8(-3)"),
               (np.uint64(2 ** 64 - 1), "numpy.uint64(18446744073709551615)"), (np.int64(-5), "numpy.int64(-5)")]
    for scalar, text in scalars:
        c.shown(scalar, text)
    c.true(c.decoder.value(np.bool_(True))["repr"] in ("numpy.bool(True)", "numpy.bool_(True)"), "a bool")
    for _ in range(3000):
        bits = random.getrandbits(32)
        for kind, number in (("float32", np.uint32(bits).view(np.float32)), ("float16", np.uint16(bits & 0xFFFF).view(np.float16))):
            found = c.decoder.value(number)["repr"]
            same = float(getattr(np, kind)(float(found[len("numpy.float32("):-1]))) == float(number)
            c.true(same or number != number, "%s %r: %s" % (kind, number, found))
    c.true(c.decoder.value(np.str_("x"))["repr"] == "str_('x')", "a str_")
