/* symbols.h: the symbols of CPython that the agent uses, found once when the library is loaded. */
#ifndef SLEEPER_SYMBOLS_H
#define SLEEPER_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

/* name, first version, last version (0xMMmm): a symbol missing outside that range is not reported. */
#define SLEEPER_SYMBOLS(X)                                                                                   \
  X(_PyRuntime, 0x0307, 0xffff)                                                                              \
  X(_PyThreadState_Current, 0x0207, 0x0306)                                                                  \
  X(PyInterpreterState_Head, 0x0207, 0x0306)                                                                 \
  X(_PyEval_GetSwitchInterval, 0x0306, 0x0306)                                                               \
  X(_Py_HashSecret, 0x0207, 0xffff)                                                                          \
  X(_PyGC_generation0, 0x0207, 0x0306)                                                                       \
  X(_Py_NoneStruct, 0x0207, 0xffff)                                                                          \
  X(_Py_EllipsisObject, 0x0207, 0xffff)                                                                      \
  X(_Py_NotImplementedStruct, 0x0207, 0xffff)                                                                \
  X(PyType_Type, 0x0207, 0xffff)                                                                             \
  X(PyBool_Type, 0x0207, 0xffff)                                                                             \
  X(PyInt_Type, 0x0207, 0x0207)                                                                              \
  X(PyLong_Type, 0x0207, 0xffff)                                                                             \
  X(PyFloat_Type, 0x0207, 0xffff)                                                                            \
  X(PyComplex_Type, 0x0207, 0xffff)                                                                          \
  X(PyUnicode_Type, 0x0207, 0xffff)                                                                          \
  X(PyString_Type, 0x0207, 0x0207)                                                                           \
  X(PyBytes_Type, 0x0300, 0xffff)                                                                            \
  X(PyByteArray_Type, 0x0207, 0xffff)                                                                        \
  X(PyList_Type, 0x0207, 0xffff)                                                                             \
  X(PyTuple_Type, 0x0207, 0xffff)                                                                            \
  X(PyDict_Type, 0x0207, 0xffff)                                                                             \
  X(PyODict_Type, 0x0305, 0xffff)                                                                            \
  X(PySet_Type, 0x0207, 0xffff)                                                                              \
  X(PyFrozenSet_Type, 0x0207, 0xffff)                                                                        \
  X(PyRange_Type, 0x0207, 0xffff)                                                                            \
  X(PySlice_Type, 0x0207, 0xffff)                                                                            \
  X(PyCell_Type, 0x0207, 0xffff)                                                                             \
  X(PyFunction_Type, 0x0207, 0xffff)                                                                         \
  X(PyMethod_Type, 0x0207, 0xffff)                                                                           \
  X(PyCFunction_Type, 0x0207, 0xffff)                                                                        \
  X(PyClass_Type, 0x0207, 0x0207)                                                                            \
  X(PyInstance_Type, 0x0207, 0x0207)                                                                         \
  X(PyModule_Type, 0x0207, 0xffff)                                                                           \
  X(PyGen_Type, 0x0207, 0xffff)                                                                              \
  X(PyCoro_Type, 0x0305, 0xffff)                                                                             \
  X(PyAsyncGen_Type, 0x0306, 0xffff)                                                                         \
  X(PyCode_Type, 0x0207, 0xffff)                                                                             \
  X(PyFrame_Type, 0x0207, 0xffff)                                                                            \
  X(PyMemberDescr_Type, 0x0207, 0xffff)                                                                      \
  X(_PyWeakref_RefType, 0x0207, 0xffff)

struct sleeper__symbols {
#define X(name, first, last) uintptr_t name;
  SLEEPER_SYMBOLS(X)
#undef X
  /* 2.7: sizeof(Py_UNICODE), from which of the two ABIs is exported; else 0. */
  uint32_t unicode_width;
  bool debug_build; /* Py_REF_DEBUG */
};

/* An address is 0 when the symbol is missing. */
extern struct sleeper__symbols sleeper__symbols;

#endif
