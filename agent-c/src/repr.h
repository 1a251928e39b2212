/* repr.h: the text of a value, as repr() would give it, piece by piece into the open string.
 *
 * repr.c dispatches on the kind of object; the other repr_*.c each write a family of kinds. They
 * recurse only through sleeper__repr_object_as, and only into what sleeper__repr_enter_as let them. */
#ifndef SLEEPER_REPR_H
#define SLEEPER_REPR_H

#include "objects.h"

/* However much the request allows: one level takes less than 1 KB of the agent's 256 KB of
 * stack. */
#define SLEEPER_REPR_MAX_DEPTH 32

struct sleeper__repr {
  uint32_t depth;                         /* containers that are open */
  address_t open[SLEEPER_REPR_MAX_DEPTH]; /* which */
  bool unreadable;                        /* the outermost object contradicts itself */
  bool cut;                               /* the outermost container or string was cut: */
  uint64_t shown, total;
  bool nested_cut; /* something inside it was */
};

/* Writes one object. */
void sleeper__repr_object_as(struct sleeper__repr *r, address_t address);

/* --- what the writers of the kinds use --- */

/* Is there room for more text? To be asked before each piece whose number is not fixed. */
bool sleeper__repr_room_as(void);
/* Bytes until the limit of the whole text. */
uint64_t sleeper__repr_bytes_left_as(void);

/* Opens a container. When it is open already, or too deep, writes `instead`, and returns false. */
bool sleeper__repr_enter_as(struct sleeper__repr *r, address_t address, const char *instead);
void sleeper__repr_leave_as(struct sleeper__repr *r);

/* Writes what comes before the element after `shown` others: a comma, or, when no more may be
 * shown, "...", and then returns false. */
bool sleeper__repr_next_as(uint64_t shown);

/* Notes that only `shown` of `total` were written of the object at `level` (0: the outermost). */
void sleeper__repr_cut_as(struct sleeper__repr *r, uint32_t level, uint64_t shown, uint64_t total);

/* Writes "<unreadable TYPE at 0x..>": the object contradicts itself. */
void sleeper__repr_unreadable_as(struct sleeper__repr *r, const struct sleeper__object *object);

/* Writes a character so that it is harmless; of a non-ASCII one, `ascii` says that it is to be
 * escaped. */
void sleeper__repr_char_as(uint32_t character, bool ascii);
/* Text, each character harmless, without quotes. */
void sleeper__repr_plain_as(const char *utf8);
/* A str of the interpreter as plain text: a name. Writes "?" when it is none. */
void sleeper__repr_name_as(address_t string);
/* "mod.Outer.Inner"; without the module for a built-in type. */
void sleeper__repr_type_as(address_t type);
/* "Name(" when the object is of a subclass of a built-in type; returns whether to write ")". */
bool sleeper__repr_subclass_as(const struct sleeper__object *object);
/* " at 0x7f.." */
void sleeper__repr_at_as(address_t address);

/* --- the kinds --- */

void sleeper__repr_int_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_float_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_complex_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_text_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_list_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_tuple_as(struct sleeper__repr *r, const struct sleeper__object *object);
/* A tuple as "(1, 2)", whatever its type. */
void sleeper__repr_plain_tuple_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_dict_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_set_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_deque_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_range_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_slice_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_callable_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_class_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_module_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_code_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_frame_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_generator_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_cell_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_weakref_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_lock_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_exception_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_instance_as(struct sleeper__repr *r, const struct sleeper__object *object);
/* " {'name': value}", when there are any; `in_python_only`: those that classes written in Python have added.
 * The object must have been entered. */
void sleeper__repr_attributes_as(struct sleeper__repr *r, address_t object, bool in_python_only);
/* Is it of a subclass of a built-in type, or an exception, and has attributes beside its value? */
bool sleeper__repr_has_attributes_as(const struct sleeper__object *object);
/* "<Color.RED: 1>"; false, and nothing written, when it is not a member of an enum. */
bool sleeper__repr_enum_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_date_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_time_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_datetime_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_timedelta_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_timezone_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_ndarray_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_numpy_scalar_as(struct sleeper__repr *r, const struct sleeper__object *object);
void sleeper__repr_future_as(struct sleeper__repr *r, const struct sleeper__object *object);

#endif
