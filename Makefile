# nitro-revm: one makefile for everything. `make help` lists the targets.
#
# A variant of the build is a file in config/, chosen with CONFIG=name; its results live in
# build/name (the release variant: build/). Sources are found by their place:
#   src/LAYER/x.c        part of the library        src/prog/x.c         a program
#   src/LAYER/x_test.c   a test program             src/LAYER/x_fuzz.c   a fuzz target
#   src/LAYER/x_bench.c  a benchmark
# so that adding a file is all it takes to build and run it.

CONFIG ?= release
CONFIGS := $(sort $(patsubst config/%.mk,%,$(wildcard config/*.mk)))
ifeq ($(filter $(CONFIG),$(CONFIGS)),)
$(error CONFIG=$(CONFIG) is none of: $(CONFIGS))
endif

BUILD := $(if $(filter release,$(CONFIG)),build,build/$(CONFIG))
CACHE ?= .cache
PREFIX ?= /usr/local
DESTDIR ?=
FIXTURES ?= ../shared/fixtures
FUZZ_SECONDS ?= 60
CLANG_FORMAT ?= clang-format-19
CLANG_TIDY ?= clang-tidy-19
export LC_ALL := C

MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

# What all variants share. config/*.mk set CC, STD, OPT, HARDEN, SANITIZE and LINK.
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wcast-align \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wundef -Wformat=2 \
	-Wwrite-strings -Wimplicit-fallthrough -Werror
ARCH := -march=x86-64-v3
AR := ar
LDLIBS := $(CACHE)/blst/libblst.a -levent_core -levent_pthreads -ljansson -lsecp256k1 -lcrypto -lgmp -lm -lpthread
BLST := $(CACHE)/blst/libblst.a
include config/$(CONFIG).mk

CPPFLAGS := -Isrc -I. -isystem $(CACHE)/blst -D_GNU_SOURCE
CFLAGS := $(STD) $(OPT) -g $(ARCH) -fno-strict-aliasing -fno-common -fPIE -ffunction-sections \
	-fdata-sections -ffile-prefix-map=$(CURDIR)/= $(HARDEN) $(SANITIZE) $(WARN) $(WARN_CC)
LDFLAGS := $(LINK) $(SANITIZE) -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-z,noexecstack \
	-Wl,--build-id=none

# Sources, by their names.
ALL_SRC := $(sort $(wildcard src/*/*.c))
TEST_SRC := $(filter %_test.c,$(ALL_SRC))
FUZZ_SRC := $(filter %_fuzz.c,$(ALL_SRC))
BENCH_SRC := $(filter %_bench.c,$(ALL_SRC))
PROG_SRC := $(filter-out %_test.c %_fuzz.c %_bench.c,$(wildcard src/prog/*.c))
LIB_SRC := $(filter-out $(TEST_SRC) $(FUZZ_SRC) $(BENCH_SRC) $(PROG_SRC),$(ALL_SRC))
HEADERS := $(sort $(wildcard src/*/*.h tests/*.h))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB := $(BUILD)/libnitro.a
PROGS := $(patsubst src/prog/%.c,$(BUILD)/%,$(PROG_SRC))
TEST_BINS := $(patsubst src/%.c,$(BUILD)/tests/%,$(filter-out $(TEST_SKIP),$(TEST_SRC)))
FUZZ_BINS := $(patsubst src/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))
REPLAY_BINS := $(patsubst src/%.c,$(BUILD)/replay/%,$(filter-out $(TEST_SKIP),$(FUZZ_SRC)))
BENCH_BINS := $(patsubst src/%.c,$(BUILD)/bench/%,$(BENCH_SRC))

# ---- what people type --------------------------------------------------------------------------

.PHONY: all server demo test unit check fuzz bench compare-traces bench-peers check-layers check-globals check-headers format \
	check-format tidy coverage install setup clean help

## all: build the programs (the default)
all: $(PROGS) $(if $(filter release,$(CONFIG)),nitro_revm revm_driver)

## demo: install what is missing, build, and simulate the walkthrough's transfer end to end
demo: setup
	@$(MAKE) --no-print-directory all
	@tools/demo $(BUILD)

## test: install what is missing, build, run every check of this variant; ends with its counts
test: setup
	@$(MAKE) --no-print-directory check

## fuzz: run every fuzz target for FUZZ_SECONDS (60) each; FUZZ=name runs one
fuzz:
	@$(MAKE) --no-print-directory CONFIG=fuzz fuzz-bins
	@tools/fuzz build/fuzz/fuzz $(FUZZ_SECONDS) $(FUZZ)

## bench: build and run every benchmark; BENCH=name runs one
bench: all $(BENCH_BINS)
	@tools/bench $(BUILD) $(BENCH)

## compare-traces: traces of a sample of the official tests against another client's, from npm
TRACES ?= --every 150 --steps 10000 .cache/fixtures/eest-v5.4.0-state_tests .cache/fixtures/legacy-state_tests
compare-traces: all
	@if tools/fetch-peers; then tools/compare-traces --evm $(BUILD)/evm $(TRACES); else \
		echo 'skipped: traces against another client: npm cannot install it'; \
		echo '0 passed, 0 failed'; fi

## bench-peers: workloads in ours and in another client, from npm, side by side; WORKLOADS=PATHS
bench-peers: all
	@tools/fetch-peers all
	@tools/bench-peers --evm $(BUILD)/evm $(WORKLOADS)

## check-layers: every include goes to its own or a lower layer (docs/architecture.md)
check-layers:
	@tools/check-layers

## check-globals: no writable global variables beyond tools/globals.allow
check-globals: $(LIB)
	@tools/check-globals $(LIB)

## check-headers: every header compiles on its own
check-headers: $(patsubst %.h,$(BUILD)/headers/%.ok,$(HEADERS))

## format: format the sources in place
format:
	@$(CLANG_FORMAT) -i $(ALL_SRC) $(HEADERS) $(wildcard tests/*.c)

## check-format: fail where `make format` would change something
check-format:
	@$(CLANG_FORMAT) --dry-run -Werror $(ALL_SRC) $(HEADERS) $(wildcard tests/*.c)

## tidy: clang-tidy over every source
tidy: $(patsubst %.c,$(BUILD)/tidy/%.ok,$(ALL_SRC))

## coverage: lines covered by the test programs, and a report in build/cov/html
coverage:
	@tools/coverage

## install: copy the programs to PREFIX/bin (/usr/local), below DESTDIR
install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(PROGS) $(DESTDIR)$(PREFIX)/bin

## setup: install the packages that are missing (Debian 12; needs root only for that)
setup:
	@tools/setup.sh

## clean: remove what was built (not .cache, which holds long builds)
clean:
	rm -rf build nitro_revm revm_driver

## help: this list
help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))
	@echo "CONFIG is one of: $(CONFIGS)"

# V=1 shows the commands; otherwise a word and a file for each.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $@)

# ---- the machinery -----------------------------------------------------------------------------

unit: $(TEST_BINS) $(REPLAY_BINS)

check: $(if $(filter msan,$(CONFIG)),,all) unit
	@FIXTURES=$(FIXTURES) BUILD=$(BUILD) CONFIG=$(CONFIG) tests/run

.PHONY: fuzz-bins
fuzz-bins: $(FUZZ_BINS)

# Rebuild when the flags change, not only when the sources do.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LDLIBS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' | cmp -s - $@ || printf '%s\n' '$(FLAGS)' > $@
.PHONY: FORCE
FORCE:

$(BUILD)/obj/%.o: %.c $(BUILD)/flags $(BLST)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_$*) -MMD -MP -c -o $@ $<

$(LIB): $(call obj,$(LIB_SRC))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcsD $@ $^

$(PROGS): $(BUILD)/%: $(BUILD)/obj/src/prog/%.o $(LIB)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(STRIP) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/%: $(BUILD)/obj/src/%.o $(BUILD)/obj/tests/test.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/replay/%: $(BUILD)/obj/src/%.o $(BUILD)/obj/tests/replay.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/fuzz/%: $(BUILD)/obj/src/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(FUZZ_LINK) -o $@ $^ $(LDLIBS)

$(BUILD)/bench/%: $(BUILD)/obj/src/%.o $(BUILD)/obj/tests/bench.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/headers/%.ok: %.h $(HEADERS) $(wildcard src/*/*.def) $(BUILD)/flags | $(BLST)
	@mkdir -p $(@D)
	$(call say,HEADER)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-unused-function -Wno-empty-translation-unit -fsyntax-only -x c $<
	@touch $@

$(BUILD)/tidy/%.ok: %.c $(HEADERS) .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY)
	$(Q)$(CLANG_TIDY) --quiet --warnings-as-errors='*' $< -- $(CPPFLAGS) $(STD) $(ARCH) $(WARN)
	@touch $@

# The walkthrough runs them from the root of the checkout.
nitro_revm revm_driver: %: $(BUILD)/%
	@cp $< $@

# BLS12-381 comes as sources in an npm package; the script pins, fetches and builds it.
$(BLST): tools/build-blst $(wildcard tools/npm/*.json)
	@CACHE=$(CACHE) tools/build-blst
	@touch -c $@

-include $(patsubst %.c,$(BUILD)/obj/%.d,$(ALL_SRC) $(wildcard tests/*.c))
