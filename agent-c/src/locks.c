#include "locks.h"

#include "layout.h"
#include "values.h"
#include "writer.h"

/* PyMutex, Include/cpython/lock.h: one byte, bit 0 says that it is locked. */
#define MUTEX_LOCKED 1u

/* A PyThread_type_lock is a sem_t that was allocated (Python/thread_pthread.h). Its first word is
 * its value in glibc (nptl/sem_init.c) and musl; musl sets the highest bit when there are waiters. */
static bool semaphore_as(address_t field, bool *locked) {
  address_t semaphore;
  uint32_t value;
  if (!sleeper__read_pointer_as(field, &semaphore) || !sleeper__read_u32_as(semaphore, &value)) return false;
  *locked = (value & 0x7fffffff) == 0 || value == UINT32_MAX;
  return true;
}

static bool byte_as(address_t field, unsigned mask, bool *locked) {
  uint8_t byte;
  if (!sleeper__read_u8_as(field, &byte)) return false;
  *locked = (byte & mask) != 0;
  return true;
}

/* The lock became a PyMutex in the middle of 3.13 (3.13.0 still has a semaphore, 3.13.5 has not): which
 * it is shows in the size of the object, as nothing comes after a PyMutex. */
static bool is_mutex_as(address_t type) {
  uint64_t size;
  return SINCE(3, 13) && HAS(lock_lock) && sleeper__read_u64_as(AT(type, type_basicsize), &size) &&
         size <= sleeper__layout.lock_lock + sizeof(void *);
}

static bool plain_as(address_t object, address_t type, struct sleeper__lock *lock) {
  if (is_mutex_as(type)) return byte_as(AT(object, lock_lock), MUTEX_LOCKED, &lock->locked);
  if (HAS(lock_locked)) return byte_as(AT(object, lock_locked), 0xff, &lock->locked);
  if (HAS(lock_bytes)) return byte_as(AT(object, lock_bytes), MUTEX_LOCKED, &lock->locked);
  return HAS(lock_lock) && semaphore_as(AT(object, lock_lock), &lock->locked);
}

/* Modules/_threadmodule.c: up to 3.13 rlock_count is 0 when it is free; from 3.14 on it is a
 * _PyRecursiveMutex, whose level is one less than the count (Python/lock.c). */
static bool reentrant_as(address_t object, struct sleeper__lock *lock) {
  lock->reentrant = true;
  if (!sleeper__read_u64_as(AT(object, rlock_owner), &lock->owner) ||
      !sleeper__read_u64_as(AT(object, rlock_count), &lock->count))
    return false;
  if (!SINCE(3, 14)) {
    lock->locked = lock->count != 0;
  } else {
    if (!byte_as(AT(object, rlock_lock), MUTEX_LOCKED, &lock->locked)) return false;
    lock->count = lock->locked ? lock->count + 1 : 0;
  }
  return true;
}

/* threading._RLock, an instance with __block, __owner and __count, mangled in 2.7, and with one
 * underscore in 3.x (Lib/threading.py). */
static bool written_in_python_as(const struct sleeper__object *object, struct sleeper__lock *lock) {
  address_t value;
  int64_t number;
  bool py3 = SINCE(3, 0);
  if (!sleeper__type_is_as(object->type, "threading", "_RLock")) return false;
  lock->reentrant = true;
  if (!sleeper__attribute_as(object->address, py3 ? "_count" : "_RLock__count", &value) ||
      !sleeper__int_as(value, &number))
    return false;
  lock->count = (uint64_t)number;
  lock->locked = number != 0;
  if (sleeper__attribute_as(object->address, py3 ? "_owner" : "_RLock__owner", &value) &&
      sleeper__int_as(value, &number))
    lock->owner = (uint64_t)number;
  return true;
}

bool sleeper__lock_state_as(const struct sleeper__object *object, struct sleeper__lock *lock) {
  bool ok;
  *lock = (struct sleeper__lock){.locked = false};
  switch (object->kind) {
  case SLEEPER_KIND_LOCK: ok = plain_as(object->address, object->type, lock); break;
  case SLEEPER_KIND_RLOCK: ok = reentrant_as(object->address, lock); break;
  case SLEEPER_KIND_INSTANCE: ok = written_in_python_as(object, lock); break;
  default: return false;
  }
  if (!lock->locked) lock->owner = 0;
  return ok;
}

void sleeper__lock_member_as(const struct sleeper__object *object) {
  struct sleeper__lock lock;
  if (!sleeper__lock_state_as(object, &lock)) return;
  sleeper__json_object_begin_as("lock");
  sleeper__json_string_as("kind", lock.reentrant ? "RLock" : "Lock");
  sleeper__json_bool_as("locked", lock.locked);
  if (lock.owner != 0) {
    sleeper__json_uint_as("owner", lock.owner);
  } else {
    sleeper__json_null_as("owner");
  }
  if (lock.reentrant) {
    sleeper__json_uint_as("count", lock.count);
  } else {
    sleeper__json_null_as("count");
  }
  sleeper__json_object_end_as();
}

/* A Condition keeps the lock that it works on in _lock, in 2.7 in _Condition__lock. */
static bool lock_of_condition_as(const struct sleeper__object *object, address_t *lock) {
  struct sleeper__object inner;
  struct sleeper__lock state;
  if (object->kind != SLEEPER_KIND_INSTANCE ||
      (!sleeper__type_is_as(object->type, "threading", "Condition") &&
       !sleeper__type_is_as(object->type, "threading", "_Condition")))
    return false;
  return sleeper__attribute_as(object->address, SINCE(3, 0) ? "_lock" : "_Condition__lock", lock) &&
         sleeper__object_as(*lock, &inner) && sleeper__lock_state_as(&inner, &state);
}

/* What a bound method, in C or in Python, is bound to; else the object itself. */
static bool self_as(address_t address, struct sleeper__object *object) {
  address_t self;
  if (!sleeper__object_as(address, object)) return false;
  if (object->kind == SLEEPER_KIND_BUILTIN) {
    if (!sleeper__read_pointer_as(AT(address, cfunction_self), &self)) return false;
  } else if (object->kind == SLEEPER_KIND_METHOD) {
    if (!sleeper__read_pointer_as(AT(address, method_self), &self)) return false;
  } else {
    return true;
  }
  return sleeper__object_as(self, object);
}

bool sleeper__lock_behind_as(address_t address, address_t *lock) {
  struct sleeper__object object;
  struct sleeper__lock state;
  if (!self_as(address, &object)) return false;
  if (sleeper__lock_state_as(&object, &state)) {
    *lock = object.address;
    return true;
  }
  return lock_of_condition_as(&object, lock);
}
