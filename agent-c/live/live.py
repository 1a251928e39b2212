# live.py: what the live tier does in the target's own Python, 2.7 and 3.6 to 3.15, one source.
#
# It is compiled into libsleeper.so and runs in a namespace of its own that nothing else refers to: it
# imports nothing, and leaves nothing behind. It is given, in C (live_guard.c):
#   guard(milliseconds, callable, *arguments)   calls; Deadline, Cancelled or Abandoned is raised inside
#   clock()                                     milliseconds
#   write_back(frame, changed, deleted)         changes variables of a function's frame
#   sys
# Code of the target runs inside guard() and nowhere else.

PYTHON_2 = sys.version_info[0] == 2
FILE = '<expression>'
FOREVER = 1 << 40
ONLY_AST = 0x400  # PyCF_ONLY_AST
UNICODE_LITERALS = 0x20000  # 2.7
FUTURES_OF_2 = 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000  # division ... unicode_literals: what changes syntax
OPTIMIZED = 1  # CO_OPTIMIZED: a function's code, its variables are not in a dict
MAX_STUCK = 3  # LIVE_MAX_STUCK
MAX_NESTING = 60
LINE_LENGTH = 80
MAX_TRACEBACK = 40
MAX_NAMES = 5000
HUGE_INT_BITS = 14000  # about 4,300 digits, beyond which str() refuses or takes long

if PYTHON_2:
    text_type = unicode
    integer_types = (int, long)
else:
    text_type = str
    integer_types = (int,)


class Deadline(BaseException):
    """The time is over."""


class Cancelled(BaseException):
    """It is no longer wanted."""


class Abandoned(BaseException):
    """Nobody waits for the answer of this thread any more: it ends."""


OURS = (Deadline, Cancelled, Abandoned)


class Gone(Exception):
    """The frame is no longer there; says why."""


# ---- JSON, without importing it -------------------------------------------------------------------------

def loads(payload):
    # What the CLI sends is ASCII, and so also an expression of Python.
    flags = UNICODE_LITERALS if PYTHON_2 else 0
    code = compile(payload, '<sleeper>', 'eval', flags, True)
    return eval(code, {'__builtins__': {}, 'true': True, 'false': False, 'null': None})


ESCAPES = dict((number, u'\\u%04x' % number) for number in list(range(32)) + [127])
ESCAPES[ord('"')] = u'\\"'
ESCAPES[ord('\\')] = u'\\\\'


def as_text(value):
    if isinstance(value, text_type):
        return value
    return value.decode('utf-8', 'replace')


def dumps(value):
    if value is None:
        return u'null'
    if value is True:
        return u'true'
    if value is False:
        return u'false'
    if isinstance(value, integer_types):
        return text_type(value)
    if isinstance(value, dict):
        return u'{%s}' % u','.join([u'%s:%s' % (dumps(key), dumps(value[key])) for key in value])
    if isinstance(value, (list, tuple)):
        return u'[%s]' % u','.join([dumps(item) for item in value])
    return u'"%s"' % as_text(value).translate(ESCAPES)


def encode(value):
    # A lone surrogate becomes \udc80, as JSON has it.
    return dumps(value).encode('utf-8', 'replace' if PYTHON_2 else 'backslashreplace')


# ---- what a type is, without asking it ------------------------------------------------------------------

def type_name(kind):
    return as_text(type.__dict__['__name__'].__get__(kind))


def module_of(kind):
    module = type.__dict__['__module__'].__get__(kind)
    return as_text(module) if type(module) in (str, text_type) else None


BUILTINS = (None, 'builtins', '__builtin__', 'exceptions')


def full_name(kind):
    module = module_of(kind)
    return type_name(kind) if module in BUILTINS else '%s.%s' % (module, type_name(kind))


def raw(value):
    return u'<%s object at 0x%x>' % (full_name(type(value)), id(value))


# ---- text of values -------------------------------------------------------------------------------------

BRACKETS = {list: ('[', ']'), tuple: ('(', ')'), dict: ('{', '}')}
SETS = (set, frozenset)
PLAIN = (type(None), bool, float, complex, type(Ellipsis), type(NotImplemented))
if PYTHON_2:
    STRINGS = (str, unicode, bytearray)
else:
    STRINGS = (str, bytes, bytearray)


def items_of(mapping):
    return mapping.iteritems() if PYTHON_2 else mapping.items()


class Printer(object):
    """Prints a value, at most `limit` characters of it. The containers of Python itself are taken apart here, so
    that one bad element, or a million good ones, do not cost the rest; `leaf` prints what else there is."""

    def __init__(self, limit, leaf):
        self.left = limit
        self.leaf = leaf
        self.open = set()
        self.total = None

    def text(self, value, pretty=False):
        tree = self.tree(value)
        return as_text(self.broken(tree, 0) if pretty else self.flat(tree))

    def first(self, iterator):
        # In one step of the interpreter, as far as possible: another thread may change the container.
        try:
            return list(zip(range(self.left // 2 + 2), iterator))
        except RuntimeError:
            return []

    def tree(self, value):
        kind = type(value)
        if self.left <= 0:
            return u'...'
        if kind in BRACKETS or kind in SETS:
            return self.container(kind, value)
        if kind in STRINGS:
            return self.string(value)
        if kind in integer_types and value.bit_length() > HUGE_INT_BITS:
            return self.take(hex(value))
        return self.take(repr(value) if kind in PLAIN or kind in integer_types else self.leaf(value))

    def string(self, value):
        if len(value) <= self.left:
            return self.take(repr(value))
        if not self.open:
            self.total = len(value) + 2
        return self.take(repr(value[:self.left + 1]))

    def take(self, text):
        text = as_text(text)
        if len(text) > self.left:
            if not self.open and self.total is None:
                self.total = len(text)
            text = text[:self.left] + u'...'
        self.left -= len(text)
        return text

    def container(self, kind, value):
        opening, closing = BRACKETS.get(kind) or self.brackets_of_set(kind, value)
        if id(value) in self.open or len(self.open) >= MAX_NESTING:
            return self.take(opening + '...' + closing)
        self.open.add(id(value))
        children = []
        found = self.first(items_of(value) if kind is dict else iter(value))
        for _, item in found:
            if self.left <= 0:
                break
            if kind is dict:
                key = self.tree(item[0])
                self.left -= 2
                children.append((self.flat(key) + u': ', self.tree(item[1])))
            else:
                children.append((u'', self.tree(item)))
            self.left -= 2
        if len(children) < len(value):
            children.append((u'', u'...'))
        self.open.discard(id(value))
        if kind is tuple and len(value) == 1:
            closing = ',)'
        return opening, children, closing

    def brackets_of_set(self, kind, value):
        name = kind.__name__
        if not value:
            return name + '(', ')'
        if PYTHON_2:
            return name + '([', '])'
        return ('{', '}') if kind is set else ('frozenset({', '})')

    def flat(self, tree):
        if not isinstance(tree, tuple):
            return tree
        opening, children, closing = tree
        return u'%s%s%s' % (opening, u', '.join([prefix + self.flat(child) for prefix, child in children]), closing)

    def broken(self, tree, indent):
        """As pprint does it: what is too long for a line gets one for each element."""
        text = self.flat(tree)
        if not isinstance(tree, tuple) or indent + len(text) <= LINE_LENGTH:
            return text
        opening, children, closing = tree
        inner = indent + len(opening)
        lines = [prefix + self.broken(child, inner + len(prefix)) for prefix, child in children]
        return u'%s%s%s' % (opening, (u',\n' + u' ' * inner).join(lines), closing)


def value_of(value, limit, pretty):
    printer = Printer(limit, repr)
    answer = {'text': printer.text(value, pretty), 'type': full_name(type(value)), 'how': 'repr'}
    if printer.total is not None:
        answer['total'] = printer.total
    return answer


# ---- frames ---------------------------------------------------------------------------------------------

def same_text(one, other):
    return as_text(one) == as_text(other)


def find_frame(reference):
    if reference is None:
        return None
    # It makes frame objects for the threads of all interpreters, in the memory of this one. From 3.12 on each may have
    # memory of its own, which a frame object is given back to when its function returns: the process then aborts.
    if sys.version_info >= (3, 12) and other_interpreters():
        raise Gone('in a program with several interpreters this Python does not give out its frames unharmed')
    frame = sys._current_frames().get(reference['ident'])
    if frame is None:
        raise Gone('its thread has ended')
    stack = []
    while frame is not None:
        stack.append(frame)
        frame = frame.f_back
    stack.reverse()
    if reference['depth'] >= len(stack):
        raise Gone('%s() has returned' % reference['function'])
    found = stack[reference['depth']]
    code = found.f_code
    names = [code.co_name, getattr(code, 'co_qualname', code.co_name)]
    wanted = reference['function']
    if not any(same_text(name, wanted) for name in names) or not same_text(code.co_filename, reference['file']):
        raise Gone('%s() has returned, and %s() runs in its place' % (wanted, as_text(code.co_name)))
    # Who has called it stands still for as long as it runs.
    for caller, line in zip(reversed(stack[:reference['depth']]), reference['callers']):
        if line is not None and caller.f_lineno != line:
            raise Gone('that call of %s() has returned: %s() is at line %s now, not %s' % (
                wanted, as_text(caller.f_code.co_name), caller.f_lineno, line))
    return found


def line_of(frame):
    return None if frame is None else frame.f_lineno


def has_moved(frame, reference):
    line = line_of(frame)
    return frame is not None and reference['line'] is not None and reference['line'] != line


def main_globals():
    return sys.modules['__main__'].__dict__


# ---- source ---------------------------------------------------------------------------------------------

class OnlyOurs(object):
    """In warnings.filters: matches the module of a warning about source that is compiled here."""

    def match(self, module):
        return module in (FILE, FILE[:-3])


def compile_quietly(source, mode, flags=0):
    """compile(), whose warnings go nowhere: they are for who wrote the source, not for the program's log."""
    warnings = sys.modules.get('warnings') or sys.modules.get('_warnings')
    filters = getattr(warnings, 'filters', None)
    silence = ('ignore', None, Warning, OnlyOurs(), 0)
    if type(filters) is not list:
        return compile(source, FILE, mode, flags, True)
    filters.insert(0, silence)
    try:
        return compile(source, FILE, mode, flags, True)
    finally:
        filters.remove(silence)


def flags_of(frame):
    """The __future__ of the frame's module, as far as it changes what source means."""
    return frame.f_code.co_flags & FUTURES_OF_2 if PYTHON_2 and frame is not None else 0


def names_in(code, found):
    """All names that the code looks up, and whether functions are defined in it."""
    nested = False
    found.update(code.co_names)
    for constant in code.co_consts:
        if type(constant) is type(code):
            names_in(constant, found)
            nested = True
    return nested


def globals_declared(tree, found):
    if isinstance(tree, list):
        for item in tree:
            globals_declared(item, found)
        return
    fields = getattr(tree, '_fields', None)
    if fields is None:
        return
    if type(tree).__name__ == 'Global':
        found.update(tree.names)
    for field in fields:
        globals_declared(getattr(tree, field, None), found)


class Source(object):
    """Source that was compiled, before it is run: compiling is not to be interrupted."""

    def __init__(self, source, mode, frame):
        self.mode = 'eval' if mode == 'expression' else 'exec'
        self.frame = frame
        self.flags = flags_of(frame)
        self.code = compile_quietly(source, self.mode, self.flags)
        self.names = set()
        # Functions, lambdas and generators do not see the variables that eval() is given, but do see those of a
        # function around them.
        self.tree = None
        self.around = None  # the code of that function, which no traceback is to show
        if names_in(self.code, self.names) and frame is not None and frame.f_code.co_flags & OPTIMIZED:
            self.tree = compile_quietly(source, self.mode, self.flags | ONLY_AST)

    def run(self):
        """The value of an expression; None of a statement."""
        frame = self.frame
        if frame is None:
            namespace = main_globals()
            return self.evaluate(namespace, namespace)
        if not frame.f_code.co_flags & OPTIMIZED:
            return self.evaluate(frame.f_globals, frame.f_locals)
        before = dict(frame.f_locals)
        if self.mode == 'eval':
            if self.tree is not None:
                return self.expression_in_function(before)
            return self.evaluate(frame.f_globals, before)
        after = dict(before)
        try:
            if self.tree is None or not self.statement_in_function(after):
                self.evaluate(frame.f_globals, after)
        finally:
            changed = dict((name, after[name]) for name in after
                           if name not in before or after[name] is not before[name])
            deleted = [name for name in before if name not in after]
            if changed or deleted:
                write_back(frame, changed, deleted)
        return None

    def evaluate(self, namespace, variables):
        if self.mode == 'eval':
            return eval(self.code, namespace, variables)
        exec(self.code, namespace, variables)

    def parameters(self, variables):
        return [name for name in variables if name in self.names and not name.startswith('.')]

    def expression_in_function(self, variables):
        names = self.parameters(variables)
        around = compile('lambda %s: 0' % ', '.join(names), FILE, 'eval', self.flags | ONLY_AST, True)
        around.body.body = self.tree.body
        function = eval(compile_quietly(around, 'eval', self.flags), self.frame.f_globals)
        self.around = function.__code__
        return function(*[variables[name] for name in names])

    def statement_in_function(self, variables):
        """False: this statement cannot stand in a function."""
        declared = set()
        globals_declared(self.tree.body, declared)
        names = [name for name in self.parameters(variables) if name not in declared]
        template = ('def sleeper_(sleeper_locals, sleeper_save%s):\n try:\n  pass\n finally:\n'
                    '  sleeper_save(sleeper_locals())\n' % ''.join([', ' + name for name in names]))
        around = compile(template, FILE, 'exec', self.flags | ONLY_AST, True)
        around.body[0].body[0].body = self.tree.body
        try:
            code = compile_quietly(around, 'exec', self.flags)
        except SyntaxError:
            return False
        space = {}
        exec(code, self.frame.f_globals, space)

        def save(now):
            for name in names:
                variables.pop(name, None)
            variables.update(now)
            for name in ('sleeper_locals', 'sleeper_save'):
                variables.pop(name, None)

        self.around = space['sleeper_'].__code__
        space['sleeper_'](locals, save, *[variables[name] for name in names])
        return True


# ---- exceptions -----------------------------------------------------------------------------------------

def traceback_lines(traceback, around):
    entries = []
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals is not globals() and frame.f_code is not around:
            entries.append(u'  File "%s", line %s, in %s\n' % (
                as_text(frame.f_code.co_filename), traceback.tb_lineno, as_text(frame.f_code.co_name)))
        traceback = traceback.tb_next
    if len(entries) > MAX_TRACEBACK:
        half = MAX_TRACEBACK // 2
        entries[half:-half] = [u'  ... %d more\n' % (len(entries) - 2 * half)]
    return entries


def message_of(error):
    try:
        text = str(error)
        return as_text(text) if type(text) in (str, text_type) else u''
    except OURS:
        raise
    except Exception:
        return u'<its message cannot be had>'


def syntax_error_lines(error):
    lines = [u'  File "%s", line %s\n' % (as_text(error.filename or FILE), error.lineno)]
    text = error.text
    if type(text) in (str, text_type):
        text = as_text(text).rstrip(u'\n')
        stripped = text.lstrip(u' \t\f')
        lines.append(u'    %s\n' % stripped)
        if type(error.offset) is int:
            lines.append(u'    %s^\n' % (u' ' * max(0, error.offset - 1 - (len(text) - len(stripped)))))
    return lines


def describe_exception(kind, error, traceback, around=None):
    name = full_name(kind) if isinstance(kind, type) else as_text(getattr(kind, '__name__', 'exception'))
    message = message_of(error)
    is_syntax = isinstance(error, SyntaxError) and error.lineno is not None
    if is_syntax:
        message = as_text(error.msg or u'')
    entries = traceback_lines(traceback, around)
    lines = []
    cause = getattr(error, '__cause__', None)
    if cause is not None:
        lines.append(u'(because of %s: %s)\n' % (full_name(type(cause)), message_of(cause)[:1000]))
    if entries:
        lines += [u'Traceback (most recent call last):\n'] + entries
    if is_syntax:
        lines += syntax_error_lines(error)
    lines.append(u'%s: %s' % (name, message) if message else name)
    return {'type': name, 'message': message[:10000], 'traceback': u''.join(lines)[:20000]}


# ---- the questions --------------------------------------------------------------------------------------

def evaluate(question):
    reference = question['frame']
    frame = find_frame(reference)
    answer = {'value': None, 'exception': None, 'line': line_of(frame), 'moved': has_moved(frame, reference)}
    try:
        source = Source(question['source'], question['mode'], frame)
    except OURS:
        raise
    except BaseException:
        answer['exception'] = describe_exception(sys.exc_info()[0], sys.exc_info()[1], None)
        return answer
    answer.update(guard(FOREVER, run_source, source, question))
    return answer


def run_source(source, question):
    try:
        value = source.run()
        if question['mode'] == 'statement':
            return {}
        return {'value': value_of(value, question['maxLength'], question['pretty'])}
    except OURS:
        raise
    except:
        kind, error, traceback = sys.exc_info()
        return {'exception': describe_exception(kind, error, traceback, source.around)}


def describe(question):
    frame = find_frame(question['frame'])
    try:
        source = Source(question['source'], 'expression', frame)
        return guard(FOREVER, describe_value, source)
    except OURS:
        raise
    except:
        raised = describe_exception(sys.exc_info()[0], sys.exc_info()[1], None)
        raise Gone(raised['traceback'].split(u'\n')[-1])


def describe_value(source):
    value = source.run()
    return {'type': full_name(type(value)), 'module': module_of(type(value)), 'where': where_of(value),
            'signature': signature_of(value), 'doc': doc_of(value)}


BUILTIN_FUNCTIONS = (type(len), type(str.join))


def doc_of(value):
    if isinstance(value, type):
        return first_line(type_dict(value).get('__doc__'))
    if type(value) in BUILTIN_FUNCTIONS:
        return first_line(value.__doc__)
    function = function_of(value)
    return first_line(type_dict(type(value)).get('__doc__') if function is None else function.__doc__)


def function_of(value):
    """The function written in Python that a callable is, or runs; None."""
    value = getattr(value, '__func__', value) if type(value).__name__ in ('method', 'instancemethod') else value
    if type(value) is type(function_of):
        return value
    if isinstance(value, type):
        for kind in mro_of(value):
            for name in ('__init__', '__new__'):
                found = type_dict(kind).get(name)
                if type(found) is type(function_of):
                    return found
    return None


def where_of(value):
    kind = value if isinstance(value, type) else None
    if kind is not None:
        return where_of_class(kind)
    function = function_of(value)
    if function is None:
        return None
    return u'%s:%d' % (as_text(function.__code__.co_filename), function.__code__.co_firstlineno)


def where_of_class(kind):
    line = type_dict(kind).get('__firstlineno__')  # 3.13+
    first = None
    for value in list(type_dict(kind).values()):
        if type(value) is type(where_of):
            code = value.__code__
            if first is None or code.co_firstlineno < first.co_firstlineno:
                first = code
    if first is None:
        return None
    return u'%s:%d' % (as_text(first.co_filename), line if type(line) is int else first.co_firstlineno)


def without_bound(signature):
    """Of "($module, obj, /)" without what is given already."""
    if not signature.startswith('($'):
        return signature
    rest = signature.partition(', ')[2] or ')'
    return '(' + (rest[1:].lstrip(', ') if rest.startswith('/') else rest)


def signature_of(value):
    function = function_of(value)
    if function is None:
        text = getattr(value, '__text_signature__', None) if type(value) in BUILTIN_FUNCTIONS else None
        return as_text(without_bound(text)) if type(text) is str else None
    code = function.__code__
    names = list(code.co_varnames)
    count = code.co_argcount
    only = getattr(code, 'co_posonlyargcount', 0)
    keyword_only = getattr(code, 'co_kwonlyargcount', 0)
    defaults = function.__defaults__ or ()
    parts = []
    for index in range(count):
        at = index - (count - len(defaults))
        parts.append(names[index] if at < 0 else '%s=%s' % (names[index], short(defaults[at])))
        if index + 1 == only:
            parts.append('/')
    rest = count + keyword_only
    if code.co_flags & 4:
        parts.append('*' + names[rest])
        rest += 1
    elif keyword_only:
        parts.append('*')
    extra = getattr(function, '__kwdefaults__', None) or {}
    for name in names[count:count + keyword_only]:
        parts.append('%s=%s' % (name, short(extra[name])) if name in extra else name)
    if code.co_flags & 8:
        parts.append('**' + names[rest])
    bound = isinstance(value, type) or getattr(value, '__self__', None) is not None
    return as_text('(%s)' % ', '.join(parts[1:] if bound else parts))


def short(value):
    return Printer(60, repr).text(value)


def first_line(doc):
    if type(doc) not in (str, text_type):
        return None
    lines = as_text(doc).strip().split(u'\n')
    return lines[0].strip()[:300] or None


# ---- attributes, without running code of the target -----------------------------------------------------

def mro_of(kind):
    return type.__dict__['__mro__'].__get__(kind)


def type_dict(kind):
    return type.__dict__['__dict__'].__get__(kind)


class Slot(object):
    __slots__ = ('slot',)


GETSETS = (type(type.__dict__['__dict__']), type(type(sys).__dict__.get('__dict__')), type(Slot.__dict__['slot']))
MEMBER = type(Slot.__dict__['slot'])
NOTHING = object()


def is_old_style(value):
    return PYTHON_2 and type(value).__name__ in ('instance', 'classobj')


def own_dict(value):
    if isinstance(value, type):
        return type_dict(value)
    if is_old_style(value):
        return value.__dict__
    for kind in mro_of(type(value)):
        found = type_dict(kind).get('__dict__', NOTHING)
        if found is not NOTHING:
            result = found.__get__(value) if type(found) in GETSETS else None
            return result if isinstance(result, dict) else {}
    return {}


def classes_of(value):
    if is_old_style(value):
        bases = [value if type(value).__name__ == 'classobj' else value.__class__]
        for base in bases:
            bases.extend(base.__bases__)
        return [base.__dict__ for base in bases if type(base).__name__ == 'classobj']
    dicts = [type_dict(kind) for kind in mro_of(type(value))]
    if isinstance(value, type):
        dicts = [type_dict(kind) for kind in mro_of(value)] + dicts
    return dicts


def static(value, name):
    """The value of an attribute, or NOTHING where only running code would tell."""
    own = own_dict(value)
    if dict_has(own, name):
        return own[name]
    for found in classes_of(value):
        if name in found:
            entry = found[name]
            if type(entry) is MEMBER:
                try:
                    return entry.__get__(value)
                except (AttributeError, TypeError):
                    return NOTHING
            return NOTHING if '__get__' in all_names(type(entry)) and type(entry) is not type(static) else entry
    return NOTHING


def dict_has(mapping, name):
    # A key of the target's own type could run code when it is compared.
    return any(type(key) is str and key == name for key in list(mapping))


def all_names(kind):
    names = set()
    for base in mro_of(kind):
        names.update(name for name in list(type_dict(base)) if type(name) in (str, text_type))
    return names


def attributes(value):
    names = set(own_dict(value))
    kinds = [type_dict(kind) for kind in mro_of(value)] if isinstance(value, type) else classes_of(value)
    for found in kinds:
        names.update(list(found))
    return names


def complete(question):
    frame = find_frame(question['frame'])
    spaces = [frame.f_locals, frame.f_globals, frame.f_builtins] if frame is not None else [main_globals()]
    if frame is None:
        builtins = spaces[0].get('__builtins__')
        spaces.append(builtins if isinstance(builtins, dict) else own_dict(builtins))
    if not question['dotted']:
        names = set()
        for space in spaces:
            names.update(list(space))
        return listed(names)
    parts = [str(part) for part in question['dotted'].split('.')]
    value = NOTHING
    for space in spaces:
        if value is NOTHING and parts[0] in list(space):
            value = space[parts[0]]
    for part in parts[1:]:
        if value is not NOTHING:
            value = static(value, part)
    return [] if value is NOTHING else listed(attributes(value))


def listed(names):
    return sorted([as_text(name) for name in names if type(name) in (str, text_type)])[:MAX_NAMES]


# ---- the variables of frames ----------------------------------------------------------------------------

class Variables(object):
    """One request for variables. Where a value's repr() is stuck, another thread goes on with the next value."""

    def __init__(self, question, stuck):
        self.question = question
        self.end = clock() + question['totalMs']
        self.left = question['totalLength']
        self.frames = []
        self.results = []
        self.slow = {}  # id of a type -> how often its repr() took too long
        self.at = None
        self.kind = None
        self.value_end = 0
        self.reason = None
        self.stuck = stuck
        self.todo = None

    def collect(self):
        """The values as they are now, before any repr() runs."""
        self.todo = []
        for reference in self.question['frames']:
            try:
                frame = find_frame(reference)
                if has_moved(frame, reference):
                    raise Gone('it has moved on to line %s' % line_of(frame))
            except Gone as gone:
                self.results.append({'kind': 'moved', 'reason': gone.args[0]})
                continue
            values = {}
            self.results.append({'kind': 'variables', 'values': values})
            if frame.f_code.co_flags & OPTIMIZED:
                found = dict(frame.f_locals)
                self.todo += [(values, name, found[name]) for name in sorted(found)]
        self.todo.reverse()

    def run(self):
        if self.todo is None:
            self.collect()
        while self.todo:
            self.at = values, name, value = self.todo.pop()
            values[as_text(name)] = self.value(value)
        self.at = None
        return self.results

    def go_on(self, stuck):
        """On another thread, after the one before was stuck in the repr() of self.at."""
        self.stuck = stuck
        if self.at is not None:
            values, name, value = self.at
            self.slow[self.kind] = MAX_STUCK
            values[as_text(name)] = self.raw(value, 'repr is stuck')
            self.at = None
        return self.run()

    def raw(self, value, reason):
        return {'text': raw(value), 'type': full_name(type(value)), 'how': 'raw', 'reason': reason}

    def value(self, value):
        now = clock()
        if self.left <= 0:
            return self.raw(value, 'the answer is long enough')
        if now >= self.end:
            return self.raw(value, 'the time for all values is over')
        self.value_end = min(self.end, now + self.question['valueMs'])
        self.reason = None
        printer = Printer(min(self.question['maxLength'], self.left), self.leaf)
        answer = {'text': printer.text(value), 'type': full_name(type(value)), 'how': 'repr'}
        self.left -= len(answer['text'])
        if printer.total is not None:
            answer['total'] = printer.total
        if self.reason is not None:
            answer['reason'] = self.reason
            # Of a container it is the elements that could not be printed.
            answer['how'] = 'repr' if type(value) in BRACKETS or type(value) in SETS else 'raw'
        return answer

    def leaf(self, value):
        self.kind = id(type(value))
        left = self.value_end - clock()
        if left <= 0:
            return self.fail(value, 'repr timed out')
        if self.stuck >= MAX_STUCK:
            return self.fail(value, 'repr is not asked for: %d are stuck' % self.stuck)
        if self.slow.get(self.kind, 0) > 1:
            return self.fail(value, 'repr of another one timed out')
        try:
            return guard(left, checked_repr, value)
        except Deadline:
            self.slow[self.kind] = self.slow.get(self.kind, 0) + 1
            return self.fail(value, 'repr timed out')
        except Exception:
            return self.fail(value, self.raised(*sys.exc_info()[:2]))
        except OURS:
            raise
        except:  # SystemExit, KeyboardInterrupt; an old-style class of 2.7
            return self.fail(value, self.raised(*sys.exc_info()[:2]))

    def raised(self, kind, error):
        name = full_name(kind) if isinstance(kind, type) else 'an exception'
        try:
            message = guard(max(1, self.value_end - clock()), message_of, error)
        except (Deadline, Exception):
            message = u''
        return u'repr raised %s%s' % (name, u': ' + message[:200] if message else u'')

    def fail(self, value, reason):
        self.reason = self.reason or reason
        return raw(value)


def checked_repr(value):
    return as_text(repr(value))


current = None


def variables(question, stuck):
    global current
    current = Variables(question, stuck)
    return finish(current.run)


def go_on(stuck):
    if current is None:
        raise ValueError('there is nothing to go on with')
    return finish(current.go_on, stuck)


def finish(run, *arguments):
    global current
    results = run(*arguments)
    current = None
    return results


# ---- one request ----------------------------------------------------------------------------------------

def answer(question, stuck):
    operation = question['op']
    if operation == 'variables':
        return variables(question, stuck)
    if operation == 'continue':
        return go_on(stuck)
    if operation == 'complete':
        return complete(question)
    if stuck >= MAX_STUCK:
        raise ValueError('%d evaluations are stuck already' % stuck)
    return evaluate(question) if operation == 'evaluate' else describe(question)


def forget_thread(ident):
    """Code that asked for the current thread made threading take note of this one, which it never forgets."""
    known = getattr(sys.modules.get('threading'), '_active', None)
    if type(known) is dict and type(known.get(ident)).__name__ == '_DummyThread':
        known.pop(ident, None)


def handle(payload, ident, stuck):
    try:
        try:
            result = {'kind': 'answer', 'value': answer(loads(payload), stuck)}
        except Gone as gone:
            result = {'kind': 'gone', 'reason': gone.args[0]}
        return encode(result)
    finally:
        forget_thread(ident)
