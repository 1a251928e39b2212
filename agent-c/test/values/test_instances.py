"""Instances with attributes in every place that CPython keeps them, subclasses, enums, exceptions."""

from __future__ import print_function

import collections

from harness import PY2, VERSION, WIDE, address_of


class Plain(object):
    pass


class Slots(object):
    __slots__ = ("first", "second")


class MoreSlots(Slots):
    __slots__ = ("third",)


class SlotsAndDict(Slots):
    pass


class Outer(object):
    class Inner(object):
        def method(self):
            pass


class Old:
    pass


class VariableSize(tuple):
    """Its __dict__ lies after the items."""


class IntWithDict(int):
    pass


def at(obj, form="0x%x"):
    return form % address_of(obj)


def text_of(obj, attributes, qualname=None, word="object"):
    name = qualname or type(obj).__name__
    return "<test_instances.%s %s at %s%s>" % (name, word, at(obj), " " + attributes if attributes else "")


def check_attributes(c):
    for count in list(range(0, 40)) + [60, 99]:
        obj = Plain()
        for i in range(count):
            setattr(obj, "a%d" % i, i)
        c.shown(obj, text_of(obj, as_dict("a", range(count))))
    keep = []
    for shape in range(30):  # instances that share keys, set in different orders, some deleted
        obj = Plain()
        names = ["x", "y", "z", "w"]
        for name in names[shape % 4:] + names[:shape % 4]:
            setattr(obj, name, shape)
        if shape % 3 == 0:
            del obj.y
        if shape % 5 == 0:
            obj.y = 7
        if shape % 2 == 0:
            expected = dict_text(obj.__dict__)  # from now on there is a dict
            c.shown(obj, text_of(obj, expected))
            obj.late = shape
            c.shown(obj, text_of(obj, dict_text(obj.__dict__)))
        else:
            found = c.decoder.value(obj)["repr"]
            c.equal(found, text_of(obj, dict_text(obj.__dict__)), "attributes")
        if shape % 7 == 0:
            obj.__dict__ = {"replaced": True}
            c.shown(obj, text_of(obj, "{'replaced': True}"))
        keep.append(obj)
    check_attribute_lookup(c)


def check_attribute_lookup(c):
    obj = Plain()
    obj.name, obj.other = "n", "o"
    c.equal(c.decoder.attribute(obj, "name"), address_of(obj.name), "an attribute by name")
    c.equal(c.decoder.attribute(obj, "missing"), None, "a missing attribute")
    c.equal(c.decoder.attribute(5, "missing"), None, "an int has no attributes")
    many = Plain()
    for i in range(150):
        setattr(many, "a%d" % i, i)
    found = c.decoder.value(many)
    c.equal(found.get("truncated"), {"shown": 100, "total": 150}, "many attributes")
    c.true(found["repr"].endswith(", ...}>"), "many attributes")


def as_dict(prefix, numbers):
    text = dict_text(collections.OrderedDict(("%s%d" % (prefix, i), i) for i in numbers))
    if PY2:  # the order of the table
        text = dict_text(dict(("%s%d" % (prefix, i), i) for i in numbers))
    return text


def dict_text(items):
    return "{%s}" % ", ".join("%r: %r" % item for item in items.items()) if items else ""


def check_slots(c):
    obj = MoreSlots()
    c.shown(obj, text_of(obj, ""))
    obj.second = 2
    c.shown(obj, text_of(obj, "{'second': 2}"))
    obj.first, obj.third = [1], None
    found = c.decoder.value(obj)["repr"]
    c.equal(sorted(found[found.index("{") + 1:-2].split(", ")), ["'first': [1]", "'second': 2", "'third': None"], "slots")
    mixed = SlotsAndDict()
    mixed.first, mixed.loose = 1, 2
    c.shown(mixed, text_of(mixed, "{'first': 1, 'loose': 2}"))
    inner = Outer.Inner()
    c.shown(inner, text_of(inner, "", "Inner" if PY2 else "Outer.Inner"))
    found = c.decoder.value(inner)
    c.equal((found["type"], found["typeModule"]), ("Inner", "test_instances"), "the type's name")
    for size in (0, 1, 5):
        tail = VariableSize(range(size))
        tail.extra = "e"
        c.equal(c.decoder.attribute(tail, "extra"), address_of(tail.extra), "a __dict__ at the end")
        c.shown(tail, "<VariableSize(%r) {'extra': 'e'}>" % (tuple(range(size)),))
    for number in (0, 1, -1) if PY2 else (0, 1, -1, 1 << 70, -(1 << 200)):
        labelled = IntWithDict(number)
        labelled.extra = "e"
        c.equal(c.decoder.attribute(labelled, "extra"), address_of(labelled.extra), "a __dict__ after an int")
    if PY2:
        check_old_style(c)


def check_old_style(c):
    old = Old()
    c.shown(old, text_of(old, "", "Old", "instance"))
    old.a = 1
    c.shown(old, text_of(old, "{'a': 1}", "Old", "instance"))
    c.shown(Old, "<class test_instances.Old at %s>" % at(Old))
    c.equal(c.decoder.attribute(old, "a"), address_of(old.a), "an attribute of an old instance")


def check_subclasses(c):
    Point = collections.namedtuple("Point", "x y")
    cases = [
        (Point(1, [2]), "Point(x=1, y=[2])"), (collections.namedtuple("Empty", "")(), "Empty()"),
        (type("T", (tuple,), {})(), "T(())"),
        (collections.defaultdict(None, {"a": [1]}), "defaultdict(None, {'a': [1]})"),
        (collections.defaultdict(list, {"a": [1]}), "defaultdict(<%s 'list'>, {'a': [1]})" % ("type" if PY2 else "class")),
        (collections.defaultdict(int), "defaultdict(<%s 'int'>, {})" % ("type" if PY2 else "class")),
        (collections.Counter({"a": 2}), "Counter({'a': 2})"),
        (type("L", (list,), {})([1, 2]), "L([1, 2])"), (type("T", (tuple,), {})([1]), "T((1,))"),
        (type("D", (dict,), {})(a=1), "D({'a': 1})"), (type("F", (float,), {})(1), "F(1.0)"),
        (type("I", (int,), {})(7), "I(7)"), (type("S", (str,), {})("x"), "S('x')"),
        (type("C", (complex,), {})(1j), "C(1j)"), (type("Q", (collections.deque,), {})([1]), "Q([1])"),
        (type("E", (set,), {})([1]), "E([1])" if PY2 else "E({1})"),
        (type("Z", (frozenset,), {})([1]), "Z([1])" if PY2 else "Z({1})"),
        (type("Y", (bytearray,), {})(b"a"), "Y(bytearray(b'a'))"),
    ]
    if not PY2:
        cases.append((collections.OrderedDict(b=1, a=2), "OrderedDict({'b': 1, 'a': 2})"))
        check_enums(c)
        check_order(c)
        check_namespace(c)
    for obj, expected in cases:
        c.shown(obj, expected)
    found = c.decoder.value(collections.Counter())
    c.equal((found["type"], found.get("typeModule")), ("Counter", "collections"), "the type of a Counter")
    c.true("typeModule" not in c.decoder.value([]), "a list has no module")


def check_namespace(c):
    import types

    space = types.SimpleNamespace(a=1, b="x")
    c.shown(space, "<types.SimpleNamespace object at %s {'a': 1, 'b': 'x'}>" % at(space))


def check_order(c):
    ordered = collections.OrderedDict((number, number) for number in range(2000))
    for number in range(0, 2000, 3):
        ordered.move_to_end(number, last=number % 2)
    for number in range(0, 2000, 7):
        del ordered[number]
    expected = "OrderedDict({%s})" % ", ".join("%d: %d" % item for item in ordered.items())
    c.shown(ordered, expected, **WIDE)
    ordered = collections.OrderedDict([(1, 1), ("b", 2), ((), 3)])
    ordered.move_to_end(1)
    c.shown(ordered, "OrderedDict({'b': 2, (): 3, 1: 1})")


class Named(dict):
    __slots__ = ("slot", "unset")


def with_attributes(value, **attributes):
    for name in sorted(attributes):
        setattr(value, name, attributes[name])
    return value


def check_added_attributes(c):
    single = "('x',)" if VERSION < (3, 7) else "('x')"
    sub = lambda base: type("D", (base,), {})  # noqa: E731
    cases = [
        (with_attributes(sub(dict)(a=1), x=2), "<D({'a': 1}) {'x': 2}>"),
        (with_attributes(sub(list)([1]), x=2), "<D([1]) {'x': 2}>"),
        (with_attributes(sub(int)(7), x=2), "<D(7) {'x': 2}>"),
        (with_attributes(sub(type(1 << 70))(1 << 70), x=2), "<D(%r) {'x': 2}>" % (1 << 70)),
        (with_attributes(sub(tuple)([1, 2]), x=2), "<D((1, 2)) {'x': 2}>"),
        (with_attributes(sub(collections.deque)([1]), x=2), "<D([1]) {'x': 2}>"),
        (with_attributes(Named(a=1), slot=3), "<Named({'a': 1}) {'slot': 3}>"),
        (Named(a=1), "Named({'a': 1})"),
        (with_attributes(ValueError("x"), code=5), "<ValueError%s {'code': 5}>" % single),
        (with_attributes(sub(Exception)("x"), code=5), "<D%s {'code': 5}>" % single),
        ([with_attributes(sub(dict)(), x=[1])], "[<D({}) {'x': [1]}>]"),
    ]
    for obj, expected in cases:
        c.shown(obj, expected)
    loop = sub(dict)()
    loop.me = loop
    c.shown(loop, "<D({}) {'me': <D({}) {...}>}>")


def check_enums(c):
    import enum

    Color = enum.Enum("Color", "RED GREEN")
    Number = enum.IntEnum("Number", "ONE")
    c.shown(Color.RED, "<Color.RED: 1>")
    c.shown([Number.ONE], "[<Number.ONE: 1>]")
    c.shown(Color, "<class 'test_instances.Color'>")
    Flags = enum.IntFlag("Flags", "A B C")
    c.shown(Flags.C, "<Flags.C: 4>")
    for value in (0, 5, 16):
        name = Flags(value)._name_
        c.shown(Flags(value), "<Flags%s: %d>" % ("" if name is None else "." + name, value))


def check_exceptions(c):
    single = "('x',)" if VERSION < (3, 7) else "('x')"
    c.shown(ValueError("x"), "ValueError" + single)
    c.shown(ValueError(), "ValueError()")
    c.shown(KeyError(1, 2), "KeyError(1, 2)")
    c.shown(type("Custom", (Exception,), {})("x"), "Custom" + single)
    c.shown(OSError(2, "no"), ("OSError" if PY2 else "FileNotFoundError") + "(2, 'no')")


def check(c, random):
    check_attributes(c)
    check_slots(c)
    check_subclasses(c)
    check_added_attributes(c)
    check_exceptions(c)
