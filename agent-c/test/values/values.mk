# The test of the values; included by the agent's Makefile, whose variables it uses.
# What is undefined in C traps here, so that it fails the test instead of passing by luck.
VALUES_LIBRARY = $(BUILD)/libsleeper-values.so

$(VALUES_LIBRARY): $(SOURCES) src/entry_$(ARCH).S src/live_source.S live/live.py test/values/export.c $(wildcard src/*.h) include/sleeper.h | $(BUILD)
	$(CC) $(CFLAGS) -fsanitize=undefined -fsanitize-undefined-trap-on-error $(LDFLAGS) -o $@ \
	  $(SOURCES) src/entry_$(ARCH).S src/live_source.S test/values/export.c

.PHONY: values-test
values-test: $(VALUES_LIBRARY)
	python3 test/values/run.py $(VALUES_LIBRARY)
