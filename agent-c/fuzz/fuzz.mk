# The fuzzer of the decoders (fuzz/fuzz.c); included by the agent's Makefile. Needs clang with libFuzzer.
FUZZ_CC ?= clang-19
FUZZER = $(BUILD)/fuzz/decoders
# What runs while the process stands still: no live tier, no constructor, and libc instead of freestanding.c.
FUZZ_SOURCES = $(filter-out src/live% src/lifecycle.c src/freestanding.c src/accessor.c src/probe.c src/allow_attach.c, $(SOURCES))
FUZZ_FLAGS = -std=gnu11 -O2 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
             -fno-sanitize-recover=undefined

$(FUZZER): $(FUZZ_SOURCES) fuzz/fuzz.c $(wildcard src/*.h) include/sleeper.h fuzz/fuzz.mk
	mkdir -p $(BUILD)/fuzz
	cd $(BUILD)/fuzz && $(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize-coverage=trace-loads,trace-stores -c $(FUZZ_SOURCES:%=$(CURDIR)/%)
	$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ fuzz/fuzz.c $(FUZZ_SOURCES:src/%.c=$(BUILD)/fuzz/%.o)

.PHONY: fuzzer
fuzzer: $(FUZZER)
