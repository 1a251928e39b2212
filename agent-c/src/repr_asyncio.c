/* repr_asyncio.c: futures and tasks of asyncio. */
#include "asyncio_futures.h"
#include "repr.h"
#include "writer.h"

/* "<_asyncio.Task 'poller' pending at 0x7f..>". What it waits for is told of the task itself. */
void sleeper__repr_future_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  static const char *const states[] = {" pending", " cancelled", " finished"};
  struct sleeper__future future;
  int64_t number;
  if (!sleeper__future_as(object->address, &future)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_char_as('<');
  sleeper__repr_type_as(object->type);
  if (sleeper__task_number_as(&future, &number)) {
    sleeper__text_ascii_as(" 'Task-");
    sleeper__text_int_as(number);
    sleeper__text_char_as('\'');
  } else if (future.name != 0) {
    sleeper__text_ascii_as(" '");
    sleeper__repr_name_as(future.name);
    sleeper__text_char_as('\'');
  }
  sleeper__text_ascii_as(states[future.state]);
  sleeper__repr_at_as(object->address);
  sleeper__text_char_as('>');
}
