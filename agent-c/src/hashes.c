#include "hashes.h"

#include "layout.h"
#include "objects.h"
#include "symbols.h"

/* _Py_HashSecret, Include/pyhash.h: two words, drawn when Python starts. */
struct secret {
  uint64_t first, second;
};

#define MAX_TAUGHT 128

/* Once right it stays so; what is wrong may have been looked at while Python was starting. */
static enum { UNKNOWN, RIGHT, WRONG } state;
static uint64_t learnt_in; /* the request */

static uint64_t rotate_as(uint64_t value, unsigned bits) {
  return value << bits | value >> (64 - bits);
}

static void mix_as(uint64_t v[4], unsigned rounds) {
  while (rounds-- > 0) {
    v[0] += v[1], v[2] += v[3];
    v[1] = rotate_as(v[1], 13) ^ v[0], v[3] = rotate_as(v[3], 16) ^ v[2];
    v[0] = rotate_as(v[0], 32);
    v[2] += v[1], v[0] += v[3];
    v[1] = rotate_as(v[1], 17) ^ v[2], v[3] = rotate_as(v[3], 21) ^ v[0];
    v[2] = rotate_as(v[2], 32);
  }
}

/* SipHash, with 2 and 4 rounds up to 3.10, with 1 and 3 since (Python/pyhash.c). */
static uint64_t siphash_as(const char *text, size_t length, const struct secret *key) {
  unsigned rounds = SINCE(3, 11) ? 1 : 2;
  uint64_t v[4] = {key->first ^ 0x736f6d6570736575u, key->second ^ 0x646f72616e646f6du,
                   key->first ^ 0x6c7967656e657261u, key->second ^ 0x7465646279746573u};
  for (size_t done = 0; done <= length; done += 8) {
    uint64_t word = length - done < 8 ? (uint64_t)length << 56 : 0;
    for (size_t i = 0; i < 8 && done + i < length; i++)
      word |= (uint64_t)(unsigned char)text[done + i] << 8 * i;
    v[3] ^= word;
    mix_as(v, rounds);
    v[0] ^= word;
  }
  v[2] ^= 0xff;
  mix_as(v, rounds + 2);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* string_hash of 2.7, Objects/stringobject.c; the secret is zero unless it was asked for one (-R). */
static uint64_t hash27_as(const char *text, size_t length, const struct secret *key) {
  uint64_t hash = key->first ^ (uint64_t)(unsigned char)text[0] << 7;
  for (size_t i = 0; i < length; i++) hash = hash * 1000003 ^ (unsigned char)text[i];
  return hash ^ length ^ key->second;
}

static bool compute_as(const char *ascii, uint64_t *hash) {
  struct secret key;
  size_t length = 0;
  while (ascii[length] != 0) length++;
  if (length == 0 || !sleeper__read_as(sleeper__symbols._Py_HashSecret, &key, sizeof key)) return false;
  *hash = SINCE(3, 0) ? siphash_as(ascii, length, &key) : hash27_as(ascii, length, &key);
  if (*hash == UINT64_MAX) (*hash)--; /* -1 is the sign of an error */
  return true;
}

bool sleeper__hash_known_as(void) {
  return state == RIGHT || (state == WRONG && learnt_in == sleeper__request);
}

bool sleeper__hash_as(const char *ascii, uint64_t *hash) {
  return state == RIGHT && compute_as(ascii, hash);
}

/* A str keeps its hash behind its length, a unicode of 2.7 behind the pointer to its characters. */
bool sleeper__hash_kept_as(address_t key, uint64_t *hash) {
  struct sleeper__object object;
  if (!sleeper__object_as(key, &object)) return false;
  address_t field = object.kind == SLEEPER_KIND_BYTES ? AT(key, object_size)
                    : HAS(unicode_string)             ? AT(key, unicode_string)
                                                      : AT(key, unicode_length);
  return sleeper__read_u64_as(field + sizeof(uint64_t), hash);
}

void sleeper__hash_learn_as(address_t key) {
  char text[MAX_TAUGHT];
  uint64_t computed, kept;
  size_t length = 0;
  if (!sleeper__string_as(key, text, sizeof text)) return;
  for (; text[length] != 0; length++)
    if ((text[length] & 0x80) != 0) return;
  if (!sleeper__string_equals_as(key, text)) return; /* it was cut, or has a NUL in it */
  if (!compute_as(text, &computed) || !sleeper__hash_kept_as(key, &kept)) return;
  state = kept == computed ? RIGHT : WRONG;
  learnt_in = sleeper__request;
}
