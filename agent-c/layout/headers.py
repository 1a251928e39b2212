"""headers.py: finds installed headers of CPython, and asks the compiler what they say."""

import os
import pathlib
import re
import subprocess
import tempfile

from field_list import HERE, SIZES, minor_of, parse_version

# What makes the headers of any release of a minor version say what those of that column do.
# 3.7.0: PyGC_Head contained a double where it later contained a long double, which nothing else does.
COLUMN_FLAGS = {(3, 7, 0): ["-mlong-double-64"]}
# Groups of _Py_DebugOffsets that do not say how large the structure is.
GROUPS_WITHOUT_SIZE = {"err_stackitem", "debugger_support"}
# Debug builds: what lies behind the count of references in struct _Py_object_state of the interpreter.
DEBUG_BUILD_SHIFTS = {"interp_asyncio_tasks_head": 8}


class HeadersError(Exception):
    pass


class Headers:
    """What one set of headers says."""

    def __init__(self, directory, release):
        self.directory, self.release = directory, release
        self.values = {}  # field name -> value on x86-64
        self.aarch64 = {}  # field name -> value there, where it is another
        self.debug = {}  # field name -> (slot, bound, minus, bytes, alignment)
        self.debug_bytes = 0  # sizeof(_Py_DebugOffsets)

    def __str__(self):
        return f"{self.release} ({self.directory})"


def find_headers():
    """minor version -> include directories, of pyenv, of test/pythons/fetch and of the system."""
    home = pathlib.Path.home()
    cache = pathlib.Path(os.environ.get("SLEEPER_CACHE") or
                         pathlib.Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "sleeper")
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    found = {}
    for root, pattern in ((pyenv, "versions/*/include/python*"), (cache, "pythons/*/usr/include/python*"),
                          (pathlib.Path("/usr"), "include/python*")):
        for directory in sorted(root.glob(pattern)):
            match = re.fullmatch(r"python(\d\.\d+)m?", directory.name)
            if match and (directory / "Python.h").exists() and ".tmp" not in str(directory):
                found.setdefault(parse_version(match[1]), []).append(directory)
    return found


def release_of(directory):
    text = (directory / "patchlevel.h").read_text()
    return re.search(r'define PY_VERSION\s+"([\d.]+)', text)[1]


def probe_line(field, clause):
    """The statement that prints a field's value; its line number is that of fields.txt."""
    if clause.constant is not None:
        return f'print_("{field.name}", (long long)({clause.constant}), 0, 1);'
    place = f"(({clause.container} *)0)->{clause.member}"
    if clause.kind == "bit":
        container, _, bit = clause.member.rpartition(".")
        return (f'{{ static {clause.container} zeroed; memset(&zeroed, 0, sizeof zeroed); '
                f'zeroed.{container}.{bit} = ~0; unsigned bits; memcpy(&bits, &zeroed.{container}, sizeof bits); '
                f'print_("{field.name}", __builtin_ctz(bits), 0, 1); }}')
    # _Alignof does not take an array of unknown length, and nothing needs it of one.
    align = "1" if clause.kind == "starts" and not field.debug else f"_Alignof(__typeof__({place}))"
    size = align if clause.kind == "starts" else f"sizeof({place})"
    return f'print_("{field.name}", offsetof({clause.container}, {clause.member}), {size}, {align});'


def slot(member):
    return f"(int)offsetof(_Py_DebugOffsets, {member})"


def debug_line(field, version):
    member, minus = field.debug[version]
    group = member.partition(".")[0]
    bound = "0" if group in GROUPS_WITHOUT_SIZE else slot(group + ".size")
    return (f'printf("debug {field.name} %d %d %d\\n", {slot(member)}, {bound}, '
            f'{slot(minus) if minus else "0"});')


def probe_program(fields, version):
    lines = ['#include "private_structs.h"', "#include <stdio.h>", "#include <string.h>",
             "static void print_(const char *name, long long value, int size, int align) {",
             '  printf("field %s %lld %d %d\\n", name, value, size, align);', "}", "int main(void) {"]
    for field in fields:
        clause = field.clauses.get(version)
        if clause is None:
            continue
        lines.append(f'#line {clause.line} "fields.txt"')
        lines.append(probe_line(field, clause))
        if version in field.debug:
            lines.append(f'#line {clause.line} "fields.txt"')
            lines.append(debug_line(field, version))
    if version >= (3, 13):
        lines.append('printf("debug_bytes %d\\n", (int)sizeof(_Py_DebugOffsets));')
    return "\n".join(lines + ["return 0; }", ""])


def run_probe(directory, program, version, flags):
    includes = [HERE, directory, directory.parent]
    if version >= (3, 8):  # the headers in internal/ include each other without that prefix
        includes.append(directory / "internal")
    with tempfile.TemporaryDirectory() as scratch:
        source, executable = pathlib.Path(scratch, "probe.c"), pathlib.Path(scratch, "probe")
        source.write_text(program)
        compiler = [os.environ.get("CC", "cc"), "-std=gnu11", "-O1", "-w", "-DSLEEPER_COLUMN=0x%02x%02x%02x" % version,
                    *COLUMN_FLAGS.get(version, []), *flags, *(f"-I{path}" for path in includes)]
        done = subprocess.run([*compiler, str(source), "-o", str(executable)], capture_output=True, text=True)
        if done.returncode != 0:
            raise HeadersError(f"{directory}: the probe does not compile:\n{done.stderr}")
        return subprocess.run([executable], capture_output=True, text=True, check=True).stdout


def read_answers(headers, fields, version, output):
    """Fills `headers` with what the probe printed."""
    by_name, sizes = {field.name: field for field in fields}, {}
    for line in output.splitlines():
        what, name, *numbers = line.split()
        if what == "debug_bytes":
            headers.debug_bytes = int(name)
        elif what == "debug":
            headers.debug[name] = (*map(int, numbers), *sizes[name])
        else:
            value, size, align = map(int, numbers)
            kind = by_name[name].clauses[version].kind
            if SIZES.get(kind, size) != size:
                raise HeadersError(f"{headers.directory}: {name} is not of type {kind}, it has {size} bytes")
            if not 0 <= value < 2**32 - 1:
                raise HeadersError(f"{headers.directory}: {name} is {value}")
            headers.values[name], sizes[name] = value, (size, align)


def probe(fields, version, directory):
    """Compiles and runs the probe of a column against one include directory."""
    headers, aarch64 = (Headers(directory, release_of(directory)) for _ in range(2))
    if minor_of(parse_version(headers.release)) != minor_of(version):
        raise HeadersError(f"{directory} is of {headers.release}")
    program = probe_program(fields, version)
    read_answers(headers, fields, version, run_probe(directory, program, version, []))
    read_answers(aarch64, fields, version, run_probe(directory, program, version, ["-DSLEEPER_AARCH64"]))
    headers.aarch64 = {name: value for name, value in aarch64.values.items() if value != headers.values[name]}
    if version >= (3, 8):
        check_debug_build(headers, fields, version, run_probe(directory, program, version, ["-DPy_DEBUG"]))
    return headers


def check_debug_build(headers, fields, version, output):
    """Raises when a debug build is not laid out as src/layout.c takes it to be."""
    debug_build = Headers(headers.directory, headers.release)
    read_answers(debug_build, fields, version, output)
    for name, value in headers.values.items():
        expected = value + DEBUG_BUILD_SHIFTS.get(name, 0)
        if debug_build.values[name] != expected:
            raise HeadersError(f"{headers}: {name} is {debug_build.values[name]} in a debug build, not {expected}")
