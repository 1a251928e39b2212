#include "python_version.h"

#include "writer.h"

void sleeper__python_version_as(uint32_t hex_version) {
  sleeper__text_uint_as(hex_version >> 24);
  sleeper__text_ascii_as(".");
  sleeper__text_uint_as(hex_version >> 16 & 255);
  sleeper__text_ascii_as(".");
  sleeper__text_uint_as(hex_version >> 8 & 255);
  uint32_t level = hex_version >> 4 & 15;
  if (level == 15) return;
  sleeper__text_ascii_as(level == 10 ? "a" : level == 11 ? "b" : "rc");
  sleeper__text_uint_as(hex_version & 15);
}
