"""tables.py: reads src/layout_tables.c back, as layout/generate writes it."""

import re

from field_list import HERE

TABLES_C = HERE.parent / "src" / "layout_tables.c"


class Column:
    """One version of the table."""

    def __init__(self, values, debug, debug_bytes):
        self.values, self.debug, self.debug_bytes = values, debug, debug_bytes


def checked_in_columns():
    """version -> Column, read back from the checked-in table."""
    if not TABLES_C.exists():
        return {}
    text = TABLES_C.read_text()
    versions = [(int(number, 16) >> 8, int(number, 16) & 0xFF)
                for number in re.findall(r"0x\w+", re.search(r"layout_versions\[.*?= \{(.*?)\}", text, re.S)[1])]
    columns = {version: Column({}, {}, 0) for version in versions}
    for row, name in re.findall(r"^  \{(.*)\}, /\* (\w+) \*/$", text, re.M):
        for version, value in zip(versions, row.split(",")):
            if value.strip() != "NO":
                columns[version].values[name] = int(value)
    for major, minor, block in re.findall(r"debug_(\d)_(\d+)\[\] = \{\n(.*?)\};", text, re.S):
        for numbers, name in re.findall(r"\{([\d, ]+), MEMBER\((\w+)\)\}", block):
            columns[int(major), int(minor)].debug[name] = tuple(map(int, numbers.split(",")))
    for major, minor, size in re.findall(r"debug_(\d)_(\d+), sizeof .*?, (\d+)\}", text):
        columns[int(major), int(minor)].debug_bytes = int(size)
    return columns
