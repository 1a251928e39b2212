"""field_list.py: reads fields.txt for generate and verify."""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
FIELDS_TXT = HERE / "fields.txt"
# The columns of the table, each named for the first release that it is for. Within a minor version:
# 2.7.15  PyGC_Head is aligned to 8 bytes instead of 16 (bpo-33374)
# 3.7.4   PyGC_Head is aligned to 16 bytes instead of 8 (bpo-27987), which moves all that follows one
# 3.13.1  _thread.lock is a PyMutex, as in 3.14
VERSIONS = [(2, 7, 0), (2, 7, 15), (3, 6, 0), (3, 7, 0), (3, 7, 4), (3, 8, 0), (3, 9, 0), (3, 10, 0), (3, 11, 0),
            (3, 12, 0), (3, 13, 0), (3, 13, 1), (3, 14, 0), (3, 15, 0)]
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
        self.debug = {}  # version -> (member, member to subtract or None) of _Py_DebugOffsets

    def __repr__(self):
        return self.name


def parse_version(text):
    return tuple(int(number) for number in text.split("."))


def minor_of(version):
    return version[:2]


def columns_of(minor):
    return [version for version in VERSIONS if minor_of(version) == minor]


def column_of(release):
    """The column of a release like (3, 7, 16), or None."""
    return max((version for version in columns_of(minor_of(release)) if version <= release), default=None)


def dotted(version):
    """3.8, or 3.7.4 where the minor version has several columns."""
    return "%d.%d" % minor_of(version) if len(columns_of(minor_of(version))) == 1 else "%d.%d.%d" % version


def parse_range(text, line):
    if text == "all":
        return VERSIONS
    match = re.fullmatch(r"([\d.]+)(-)?([\d.]+)?", text)
    if not match:
        raise FieldsError(f"fields.txt:{line}: not a range of versions: {text!r}")
    first = parse_version(match[1])
    last = parse_version(match[3]) if match[3] else VERSIONS[-1] if match[2] else first
    for bound in (first, last):
        if not any(version[:len(bound)] == bound for version in VERSIONS):
            raise FieldsError(f"fields.txt:{line}: there is no column of {match[0]!r}")
    return [version for version in VERSIONS if first <= version[:len(first)] and version[:len(last)] <= last]


def add_clause(field, text, line):
    match = re.fullmatch(r"(debug )?([\d.-]+|all)(?: \((\w+)\))?: (.+)", text)
    if not match:
        raise FieldsError(f"fields.txt:{line}: not a clause: {text!r}")
    debug, versions, kind, expression = match.groups()
    kind = kind or field.kind
    if kind not in TYPES:
        raise FieldsError(f"fields.txt:{line}: not a type: {kind!r}")
    for version in parse_range(versions, line):
        if debug:
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
