"""tables.py: reads src/layout_tables.c back, as layout/generate writes it."""

import re

from field_list import HERE

TABLES_C = HERE.parent / "src" / "layout_tables.c"


class Column:
    """One version of the table."""

    def __init__(self, values, aarch64, debug, debug_bytes):
        self.values, self.aarch64, self.debug, self.debug_bytes = values, aarch64, debug, debug_bytes


def set_cell(column, name, cell):
    if cell == "NO":
        return
    numbers = [int(number) for number in re.findall(r"\d+", cell)]
    column.values[name] = numbers[0]
    if len(numbers) == 2:
        column.aarch64[name] = numbers[1]


def read_debug(text):
    """name of the C array -> {field name: (slot, bound, minus, bytes, alignment)}"""
    arrays = {}
    for array, block in re.findall(r"(debug_\w+)\[\] = \{\n(.*?)\};", text, re.S):
        arrays[array] = {name: tuple(map(int, numbers.split(",")))
                         for numbers, name in re.findall(r"\{([\d, ]+), MEMBER\((\w+)\)\}", block)}
    return arrays


def checked_in_columns():
    """version -> Column, read back from the checked-in table."""
    if not TABLES_C.exists():
        return {}
    text = TABLES_C.read_text()
    firsts = re.findall(r"0x(..)(..)(..)", re.search(r"layout_versions\[.*?= \{(.*?)\}", text, re.S)[1])
    versions = [tuple(int(part, 16) for part in first) for first in firsts]
    columns = {version: Column({}, {}, {}, 0) for version in versions}
    for row, name in re.findall(r"^  \{(.*)\}, /\* (\w+) \*/$", text, re.M):
        for version, cell in zip(versions, re.findall(r"NO|ON\(.*?\)|\d+", row)):
            set_cell(columns[version], name, cell)
    arrays = read_debug(text)
    index = re.search(r"layout_debug\[SLEEPER_LAYOUT_VERSIONS\] = \{\n(.*?)\n\};", text, re.S)[1]
    for version, (array, size) in zip(versions, re.findall(r"^  \{(\w+),.*, (\d+)\},$", index, re.M)):
        columns[version].debug, columns[version].debug_bytes = arrays.get(array, {}), int(size)
    return columns
