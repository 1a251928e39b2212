"""field_list.py: reads fields.txt for generate and verify."""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
FIELDS_TXT = HERE / "fields.txt"
VERSIONS = [(2, 7)] + [(3, minor) for minor in range(6, 16)]
SIZES = {"pointer": 8, "ssize": 8, "long": 8, "double": 8, "int": 4, "digit": 4, "flags": 4, "half": 2, "byte": 1}
TYPES = {*SIZES, "starts", "bit", "bytes", "constant"}


class FieldsError(Exception):
    pass


class Clause:
    """What one field is in one version: `container`.`member`, or the C expression `constant`."""

    def __init__(self, line, kind, text):
        self.line, self.kind, self.text = line, kind, text
        self.constant = self.container = self.member = None
        if text.startswith("="):
            self.constant = text[1:].strip()
        else:
            self.container, _, self.member = text.partition(".")
        if (self.constant is None) == (kind in ("bytes", "constant")):
            raise FieldsError(f"fields.txt:{line}: a {kind} is not written as {text!r}")
        if self.constant is None and not self.member:
            raise FieldsError(f"fields.txt:{line}: no member in {text!r}")


class Field:
    def __init__(self, line, name, kind):
        self.line, self.name, self.kind = line, name, kind
        self.clauses = {}  # version -> Clause
        self.varies = {}  # version -> why builds of it differ
        self.debug = {}  # version -> (member, member to subtract or None) of _Py_DebugOffsets

    def __repr__(self):
        return self.name


def dotted(version):
    return "%d.%d" % version


def parse_version(text):
    major, minor = text.split(".")
    return int(major), int(minor)


def parse_range(text, line):
    if text == "all":
        return VERSIONS
    match = re.fullmatch(r"(\d\.\d+)(-)?(\d\.\d+)?", text)
    if not match:
        raise FieldsError(f"fields.txt:{line}: not a range of versions: {text!r}")
    first = parse_version(match[1])
    last = parse_version(match[3]) if match[3] else VERSIONS[-1] if match[2] else first
    if first not in VERSIONS or last not in VERSIONS or last < first:
        raise FieldsError(f"fields.txt:{line}: not a range of versions: {text!r}")
    return [version for version in VERSIONS if first <= version <= last]


def add_clause(field, text, line):
    match = re.fullmatch(r"(?:(debug|varies) )?([\d.-]+|all)(?: \((\w+)\))?: (.+)", text)
    if not match:
        raise FieldsError(f"fields.txt:{line}: not a clause: {text!r}")
    what, versions, kind, expression = match.groups()
    kind = kind or field.kind
    if kind not in TYPES:
        raise FieldsError(f"fields.txt:{line}: not a type: {kind!r}")
    for version in parse_range(versions, line):
        if what == "varies":
            field.varies[version] = expression
        elif what == "debug":
            member, _, minus = (part.strip() for part in expression.partition(" - "))
            field.debug[version] = (member, minus or None)
        elif version in field.clauses:
            raise FieldsError(f"fields.txt:{line}: {field.name} is given twice for {dotted(version)}")
        else:
            field.clauses[version] = Clause(line, kind, expression)


def logical_lines(path):
    lines = []
    for number, text in enumerate(path.read_text().splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        if text[0].isspace():
            lines[-1][1] += " " + text.strip()
        else:
            lines.append([number, text.strip()])
    return lines


def read_fields(path=FIELDS_TXT):
    """The fields, in the order of the file."""
    fields = {}
    for line, text in logical_lines(path):
        name, kind, clauses = text.split(None, 2)
        if name in fields:
            raise FieldsError(f"fields.txt:{line}: {name} is there twice")
        field = fields[name] = Field(line, name, kind)
        for clause in clauses.split(";"):
            if clause.strip():
                add_clause(field, clause.strip(), line)
        for version in field.debug:
            if version not in field.clauses:
                raise FieldsError(f"fields.txt:{line}: {name} has no clause of its own for {dotted(version)}")
    return list(fields.values())
