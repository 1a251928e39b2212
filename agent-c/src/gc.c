#include "gc.h"

#include "layout.h"
#include "symbols.h"
#include "writer.h"

#define GENERATIONS 3

/* struct _gc_runtime_state: of _PyRuntime in 3.7 and 3.8, of the interpreter since. */
static address_t state_as(address_t interpreter) {
  if (HAS(interp_gc)) return AT(interpreter, interp_gc);
  return HAS(runtime_gc) ? AT(sleeper__symbols._PyRuntime, runtime_gc) : 0;
}

/* Before 3.7 the state is in static variables of Modules/gcmodule.c; of these only the generations
 * can be reached, through the exported _PyGC_generation0. From 3.7 to 3.13 a pointer leads to the
 * first generation, which is surer than its offset: that differs between builds of 3.13. */
static address_t generations_as(address_t state) {
  address_t generations = 0;
  if (state == 0)
    sleeper__read_pointer_as(sleeper__symbols._PyGC_generation0, &generations);
  else if (HAS(gc_generation0))
    sleeper__read_pointer_as(AT(state, gc_generation0), &generations);
  else if (HAS(gc_generations))
    generations = AT(state, gc_generations);
  return generations;
}

/* How struct gc_generation (Modules/gcmodule.c up to 3.6, pycore_interp_structs.h since) is laid out. */
struct shape {
  uint32_t bytes, threshold, count;
};

/* A generation begins with the head of a doubly linked list: its neighbour points back to it. */
static bool is_list_head_as(address_t head) {
  address_t next, back;
  return sleeper__read_pointer_as(head, &next) && sleeper__read_pointer_as(next + sizeof(address_t), &back) &&
         back == head;
}

/* PyGC_Head of 3.6 has 32 bytes, or 24 where bpo-27987 was applied to it later, as distributors did;
 * only the second generation's place shows which. */
static bool shape_as(address_t generations, struct shape *shape) {
  static const struct shape of_36[] = {{32, 24, 28}, {48, 32, 36}};
  const struct sleeper__layout *l = &sleeper__layout;
  *shape = (struct shape){l->gcgeneration_bytes, l->gcgeneration_threshold, l->gcgeneration_count};
  for (int i = 0; !HAS(gcgeneration_bytes) && i < 2; i++) {
    if (!is_list_head_as(generations + of_36[i].bytes)) continue;
    *shape = of_36[i];
    return true;
  }
  return HAS(gcgeneration_bytes);
}

static uint32_t total_as(void) {
  return HAS(gc_generation_total) ? sleeper__layout.gc_generation_total : GENERATIONS;
}

static void write_generations_as(address_t generation) {
  struct shape shape;
  uint32_t total = total_as();
  if (generation == 0 || !shape_as(generation, &shape)) return;
  for (uint32_t i = 0; i < total; i++, generation += shape.bytes) {
    int32_t count, threshold;
    if (!sleeper__read_i32_as(generation + shape.count, &count) ||
        !sleeper__read_i32_as(generation + shape.threshold, &threshold))
      return;
    sleeper__json_object_begin_as(NULL);
    sleeper__json_int_as("count", count);
    sleeper__json_int_as("threshold", threshold);
    sleeper__json_object_end_as();
  }
}

static void write_flag_as(const char *key, address_t state, uint32_t offset) {
  int32_t flag;
  if (state != 0 && offset != SLEEPER_ABSENT && sleeper__read_i32_as(state + offset, &flag))
    sleeper__json_bool_as(key, flag != 0);
  else
    sleeper__json_null_as(key);
}

void sleeper__gc_write_as(address_t interpreter) {
  address_t state = state_as(interpreter);
  sleeper__json_object_begin_as("gc");
  write_flag_as("enabled", state, sleeper__layout.gc_enabled);
  write_flag_as("collecting", state, sleeper__layout.gc_collecting);
  sleeper__json_array_begin_as("generations");
  write_generations_as(generations_as(state));
  sleeper__json_array_end_as();
  sleeper__json_object_end_as();
}

/* What a link of PyGC_Head has in its lowest bits is no part of the address (pycore_gc.h, 3.8+). */
#define LINK_FLAGS ((address_t)3)

bool sleeper__gc_begin_as(address_t interpreter, struct sleeper__gc_cursor *cursor) {
  address_t state = state_as(interpreter);
  address_t generations = generations_as(state);
  struct shape shape;
  int32_t collecting = 0;
  if (generations == 0 || !shape_as(generations, &shape)) return false;
  /* While it collects it counts references in the links that lead back (3.8+). */
  if (state != 0 && HAS(gc_collecting)) sleeper__read_i32_as(AT(state, gc_collecting), &collecting);
  *cursor = (struct sleeper__gc_cursor){.head = generations,
                                        .node = generations,
                                        .generations_left = total_as() - 1,
                                        .generation_bytes = shape.bytes,
                                        .node_bytes = shape.threshold, /* which follows the head */
                                        .backwards = collecting == 0};
  return true;
}

bool sleeper__gc_next_as(struct sleeper__gc_cursor *cursor, address_t *object) {
  for (;;) {
    address_t node;
    bool readable =
        sleeper__read_pointer_as(cursor->node + (cursor->backwards ? sizeof(address_t) : 0), &node);
    node &= ~LINK_FLAGS;
    if (readable && node != cursor->head) {
      cursor->node = node;
      *object = node + cursor->node_bytes;
      return true;
    }
    if (cursor->generations_left == 0) return false;
    cursor->generations_left--;
    cursor->head += cursor->generation_bytes;
    cursor->node = cursor->head;
  }
}
