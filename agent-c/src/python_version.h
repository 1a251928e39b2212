/* python_version.h: PY_VERSION_HEX for people. */
#ifndef SLEEPER_PYTHON_VERSION_H
#define SLEEPER_PYTHON_VERSION_H

#include <stdint.h>

/* Writes "3.11.7" or "3.15.0rc1" as text. */
void sleeper__python_version_as(uint32_t hex_version);

#endif
