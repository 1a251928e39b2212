#include "locks.h"

#include "layout.h"
#include "values.h"
#include "writer.h"

/* PyMutex, Include/cpython/lock.h: one byte, bit 0 says that it is locked. */
#define MUTEX_LOCKED 1u

/* A PyThread_type_lock is a sem_t that was allocated (Python/thread_pthread.h). Its first word is
 * its value in glibc (nptl/sem_init.c) and musl; musl sets the highest bit when there are waiters. */
static bool semaphore_as(address_t field, struct sleeper__lock *lock) {
  uint32_t value;
  if (!sleeper__read_pointer_as(field, &lock->futex) || !sleeper__read_u32_as(lock->futex, &value))
    return false;
  lock->locked = (value & 0x7fffffff) == 0 || value == UINT32_MAX;
  return true;
}

static bool byte_as(address_t field, bool *locked) {
  uint8_t byte;
  if (!sleeper__read_u8_as(field, &byte)) return false;
  *locked = byte != 0;
  return true;
}

static bool mutex_as(address_t mutex, struct sleeper__lock *lock) {
  uint8_t byte;
  if (!sleeper__read_u8_as(mutex, &byte)) return false;
  lock->futex = mutex;
  lock->locked = (byte & MUTEX_LOCKED) != 0;
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
  lock->kind = SLEEPER_LOCK;
  if (is_mutex_as(type)) return mutex_as(AT(object, lock_lock), lock);
  if (HAS(lock_bytes)) return mutex_as(AT(object, lock_bytes), lock);
  /* The semaphore first, for its address; what `locked` says counts, where there is one. */
  return HAS(lock_lock) && semaphore_as(AT(object, lock_lock), lock) &&
         (!HAS(lock_locked) || byte_as(AT(object, lock_locked), &lock->locked));
}

/* Modules/_threadmodule.c: up to 3.13 rlock_count is 0 when it is free; from 3.14 on it is a
 * _PyRecursiveMutex, whose level is one less than the count (Python/lock.c). */
static bool reentrant_as(address_t object, struct sleeper__lock *lock) {
  lock->kind = SLEEPER_RLOCK;
  if (!sleeper__read_u64_as(AT(object, rlock_owner), &lock->owner) ||
      !sleeper__read_u64_as(AT(object, rlock_count), &lock->count))
    return false;
  if (SINCE(3, 14)) {
    if (!mutex_as(AT(object, rlock_lock), lock)) return false;
    lock->count = lock->locked ? lock->count + 1 : 0;
    return true;
  }
  if (!semaphore_as(AT(object, rlock_lock), lock)) return false;
  lock->locked = lock->count != 0;
  return true;
}

/* threading._RLock, an instance with __block, __owner and __count, mangled in 2.7, and with one
 * underscore in 3.x (Lib/threading.py). */
static bool written_in_python_as(const struct sleeper__object *object, struct sleeper__lock *lock) {
  struct sleeper__object block;
  address_t value;
  int64_t number;
  bool py3 = SINCE(3, 0);
  if (!sleeper__type_is_as(object->type, "threading", "_RLock")) return false;
  if (!sleeper__attribute_as(object->address, py3 ? "_block" : "_RLock__block", &value) ||
      !sleeper__object_as(value, &block) || block.kind != SLEEPER_KIND_LOCK ||
      !plain_as(block.address, block.type, lock))
    return false;
  lock->kind = SLEEPER_RLOCK;
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

/* Modules/_multiprocessing/semaphore.c. The semaphore is shared between processes; who of this one has
 * acquired it last, and how often, is not. Only what one alone can acquire has an owner. */
static bool between_processes_as(const struct sleeper__object *object, struct sleeper__lock *lock) {
  int32_t count, most;
  if (!sleeper__type_is_as(object->type, "_multiprocessing", "SemLock")) return false;
  lock->kind = SLEEPER_SEMLOCK;
  if (!semaphore_as(AT(object->address, semlock_handle), lock) ||
      !sleeper__read_i32_as(AT(object->address, semlock_count), &count) ||
      !sleeper__read_i32_as(AT(object->address, semlock_maxvalue), &most))
    return false;
  if (most != 1) lock->kind = SLEEPER_SEMAPHORE;
  lock->count = count > 0 ? (uint64_t)count : 0;
  return count <= 0 || most != 1 || sleeper__read_u64_as(AT(object->address, semlock_last_tid), &lock->owner);
}

bool sleeper__lock_state_as(const struct sleeper__object *object, struct sleeper__lock *lock) {
  bool ok;
  *lock = (struct sleeper__lock){.locked = false};
  switch (object->kind) {
  case SLEEPER_KIND_LOCK: ok = plain_as(object->address, object->type, lock); break;
  case SLEEPER_KIND_RLOCK: ok = reentrant_as(object->address, lock); break;
  case SLEEPER_KIND_INSTANCE:
    ok = written_in_python_as(object, lock) || between_processes_as(object, lock);
    break;
  default: return false;
  }
  if (!lock->locked) lock->owner = 0;
  return ok;
}

void sleeper__lock_member_as(const struct sleeper__object *object) {
  static const char *const kinds[] = {"Lock", "RLock", "SemLock", "Semaphore"};
  struct sleeper__lock lock;
  if (!sleeper__lock_state_as(object, &lock)) return;
  sleeper__json_object_begin_as("lock");
  sleeper__json_string_as("kind", kinds[lock.kind]);
  sleeper__json_bool_as("locked", lock.locked);
  if (lock.owner != 0) {
    sleeper__json_uint_as("owner", lock.owner);
  } else {
    sleeper__json_null_as("owner");
  }
  if (lock.kind != SLEEPER_LOCK) {
    sleeper__json_uint_as("count", lock.count);
  } else {
    sleeper__json_null_as("count");
  }
  if (lock.futex != 0) {
    sleeper__json_address_as("futex", lock.futex);
  } else {
    sleeper__json_null_as("futex");
  }
  sleeper__json_object_end_as();
}

/* What works on a lock that it keeps in an attribute: a Condition in _lock, in 2.7 in _Condition__lock, the
 * locks of multiprocessing, which are Python around a SemLock, in _semlock. */
static bool lock_within_as(const struct sleeper__object *object, address_t *lock) {
  struct sleeper__object inner;
  struct sleeper__lock state;
  const char *attribute;
  if (object->kind != SLEEPER_KIND_INSTANCE) return false;
  if (sleeper__type_is_as(object->type, "threading", "Condition") ||
      sleeper__type_is_as(object->type, "threading", "_Condition"))
    attribute = SINCE(3, 0) ? "_lock" : "_Condition__lock";
  else if (sleeper__type_is_as(object->type, "multiprocessing.synchronize", "Lock") ||
           sleeper__type_is_as(object->type, "multiprocessing.synchronize", "RLock") ||
           sleeper__type_is_as(object->type, "multiprocessing.synchronize", "Semaphore") ||
           sleeper__type_is_as(object->type, "multiprocessing.synchronize", "BoundedSemaphore"))
    attribute = "_semlock";
  else
    return false;
  return sleeper__attribute_as(object->address, attribute, lock) && sleeper__object_as(*lock, &inner) &&
         sleeper__lock_state_as(&inner, &state);
}

/* A Semaphore of threading, which is a counter and a Condition. */
static bool is_semaphore_as(const struct sleeper__object *object) {
  return object->kind == SLEEPER_KIND_INSTANCE &&
         (sleeper__type_is_as(object->type, "threading", SINCE(3, 0) ? "Semaphore" : "_Semaphore") ||
          sleeper__type_is_as(object->type, "threading",
                              SINCE(3, 0) ? "BoundedSemaphore" : "_BoundedSemaphore"));
}

bool sleeper__bound_to_as(address_t address, struct sleeper__object *object) {
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
  if (!sleeper__bound_to_as(address, &object)) return false;
  if (sleeper__lock_state_as(&object, &state) || is_semaphore_as(&object)) {
    *lock = object.address;
    return true;
  }
  return lock_within_as(&object, lock);
}

/* In C it is the same as a Lock: a semaphore of one. */
static bool is_bounded_semaphore_as(address_t address) {
  struct sleeper__object object;
  return sleeper__bound_to_as(address, &object) && object.kind == SLEEPER_KIND_INSTANCE &&
         sleeper__type_is_as(object.type, "multiprocessing.synchronize", "BoundedSemaphore");
}

void sleeper__lock_behind_write_as(address_t object, address_t lock) {
  sleeper__json_object_begin_as(NULL);
  if (sleeper__value_members_as(lock) && is_bounded_semaphore_as(object))
    sleeper__json_bool_as("boundedSemaphore", true);
  sleeper__json_object_end_as();
}
