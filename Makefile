# supcert: build, check, bench, demo, install. The lists of rooms per program below show who trusts whom.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
CC       ?= gcc
BUILD    ?= build
OPTIMISE ?= -O3
SANITISE ?=
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Werror
CPPFLAGS += -Isrc -Iinclude -I$(BUILD)/generated -D_GNU_SOURCE -DSUPCERT_VERSION='"$(VERSION)"'
CFLAGS   ?= -g $(OPTIMISE)
ALL_CFLAGS := -std=c17 $(WARNINGS) -fPIC -fvisibility=hidden -pthread $(CFLAGS) $(SANITISE)

# --- rooms -------------------------------------------------------------------------------------------------
room = $(sort $(wildcard src/$(1)/*.c))

TRUSTED   := $(foreach r,base number network system kernel proof,$(call room,$(r)))
PAIR_CLI  := $(addprefix src/cli/,command.c stop.c option.c pair.c box.c table.c report.c)
CHECK_CLI := $(addprefix src/cli/,check_main.c check_report.c check_core.c check_demands.c check_jobs.c check_pair.c check_fooling.c check_relative.c fooling_report.c class_option.c receipt.c output.c junit.c junit_report.c specification.c check_query.c) $(PAIR_CLI)
IMPORT    := $(call room,import)
SEARCH    := $(call room,search)
FOOL      := $(call room,fool)
# Formulas: proved enclosures (trusted), and estimates in doubles that only search.
ESTIMATE  := src/target/estimate.c
VNNLIB    := $(call room,vnnlib)
TARGET    := $(filter-out $(ESTIMATE),$(call room,target))
CLI       := $(filter-out src/cli/check_main.c,$(call room,cli))
LIBRARY   := $(TRUSTED) $(TARGET) $(ESTIMATE) $(IMPORT) $(SEARCH) $(call room,api)

ONNX_PROTO := $(BUILD)/generated/import/onnx.pb-c

object = $(patsubst src/%.c,$(BUILD)/object/%.o,$(1))
IMPORT_OBJECTS := $(call object,$(IMPORT)) $(BUILD)/object/import/onnx.pb-c.o

# --- who links what ----------------------------------------------------------------------------------------
CHECK_LIBS  := -lnettle -lmpfi -lmpfr -lgmp -lm
IMPORT_LIBS := -lprotobuf-c
SEARCH_LIBS := -lglpk -lm
CLI_LIBS    := -ljansson

.PHONY: all check check-threads bench campaign demo differential differential-slice forge forge-slice fuzz fuzzers mutate setup install uninstall clean format unit
.DELETE_ON_ERROR:
.PRECIOUS: $(BUILD)/unit/%.o $(BUILD)/unit/test_coarse_%.o
all: $(BUILD)/supcert $(BUILD)/supcert-check $(BUILD)/supcert-check-native $(BUILD)/libsupcert.a $(BUILD)/libsupcert.so

# The checker: base, number, network, system, kernel, proof and target are trusted; reading ONNX and NNet is linked in as a separate part.
$(BUILD)/supcert-check: $(call object,$(TRUSTED) $(TARGET) $(VNNLIB) $(CHECK_CLI)) $(IMPORT_OBJECTS)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(IMPORT_LIBS) $(CHECK_LIBS)

# The same checker without that part: it reads native text only and links GMP, MPFR (for the norms of classes), MPFI (for formulas) and the
# digest library only.
$(BUILD)/supcert-check-native: $(call object,$(TRUSTED) $(TARGET) $(VNNLIB) $(CHECK_CLI)) $(BUILD)/object/import_native.o
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS)

$(BUILD)/object/import_native.o: src/import/import.c src/import/import.h | $(BUILD)/generated/import/onnx.pb-c.h
	$(CC) $(CPPFLAGS) -DSUPCERT_NATIVE_ONLY $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/supcert: $(call object,$(TRUSTED) $(TARGET) $(VNNLIB) $(ESTIMATE) $(SEARCH) $(FOOL) $(CLI)) $(IMPORT_OBJECTS)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(SEARCH_LIBS) $(CLI_LIBS) $(IMPORT_LIBS) $(CHECK_LIBS)

# One relocatable object whose hidden names are made local: the static library exports supcert_* only.
$(BUILD)/libsupcert.a: $(call object,$(LIBRARY)) $(BUILD)/object/import/onnx.pb-c.o
	ld -r -o $(BUILD)/libsupcert.o $^
	objcopy --localize-hidden $(BUILD)/libsupcert.o
	rm -f $@
	ar rcs $@ $(BUILD)/libsupcert.o

$(BUILD)/libsupcert.so: $(call object,$(LIBRARY)) $(BUILD)/object/import/onnx.pb-c.o
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libsupcert.so -o $@ $^ $(SEARCH_LIBS) $(IMPORT_LIBS) $(CHECK_LIBS)

$(BUILD)/object/%.o: src/%.c | $(BUILD)/generated/import/onnx.pb-c.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(ONNX_PROTO).c $(ONNX_PROTO).h &: src/import/onnx.proto
	@mkdir -p $(@D)
	protoc-c --proto_path=src/import --c_out=$(@D) onnx.proto

# Generated code is not held to our warnings.
$(BUILD)/object/import/onnx.pb-c.o: $(ONNX_PROTO).c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c17 -fPIC -fvisibility=hidden $(CFLAGS) $(SANITISE) -c -o $@ $<

# --- tests -------------------------------------------------------------------------------------------------
# Everything is built a second time with sanitizers, and that build is what the tests run; the end-to-end tests then run once more against the
# build that is installed.
UNIT_TESTS   := $(sort $(wildcard tests/unit/test_*.c))
UNIT_HELPERS := $(filter-out $(UNIT_TESTS),$(sort $(wildcard tests/unit/*.c)))
UNIT_HELPER_OBJECTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%.o,$(UNIT_HELPERS))
UNIT_PROGRAMS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_TESTS))
SANITISERS   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

$(BUILD)/tests/%: $(BUILD)/unit/%.o $(UNIT_HELPER_OBJECTS) $(call object,$(TRUSTED) $(TARGET) $(VNNLIB) $(ESTIMATE) $(SEARCH) $(FOOL) src/cli/witness.c src/cli/junit.c src/cli/verify_job.c src/cli/specification.c src/cli/check_jobs.c src/cli/check_pair.c) $(IMPORT_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter-out $(WITHOUT),$^) -lcmocka $(SEARCH_LIBS) $(IMPORT_LIBS) $(CHECK_LIBS)

$(BUILD)/unit/%.o: tests/unit/%.c | $(BUILD)/generated/import/onnx.pb-c.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Of what a test replaces by something of its own.
$(BUILD)/tests/test_choice: WITHOUT := $(call object,src/kernel/choice.c)

# The kernel with few binary digits, where every rounding is large enough to be noticed: the same programs against it.
COARSE := -DFRAME_BITS=12 -DNARROW_BITS=6 -DNARROW_WEIGHT=9
COARSE_ROOMS := $(call room,system) $(call room,kernel)
COARSE_PROGRAMS := $(addprefix $(BUILD)/tests/test_coarse_,choice kernel_truth prover)
$(BUILD)/coarse/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(COARSE) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/unit/test_coarse_%.o: tests/unit/test_%.c | $(BUILD)/generated/import/onnx.pb-c.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(COARSE) -Itests/unit $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(COARSE_PROGRAMS): $(COARSE_ROOMS:src/%.c=$(BUILD)/coarse/%.o)
$(COARSE_PROGRAMS): WITHOUT := $(call object,$(COARSE_ROOMS))
$(BUILD)/tests/test_coarse_choice: WITHOUT := $(call object,$(COARSE_ROOMS)) $(BUILD)/coarse/kernel/choice.o

unit: $(UNIT_PROGRAMS) $(COARSE_PROGRAMS) $(BUILD)/forge

# Random campaigns beyond what `check` does: EFFORT times as many cases in every random test, other ones every time.
# Each test prints its seed; SUPCERT_SEED=NUMBER repeats it.
EFFORT ?= 4
campaign: setup
	$(MAKE) BUILD=build/sanitised OPTIMISE=-O1 SANITISE='$(SANITISERS)' all unit
	SUPCERT_SEED=$${SUPCERT_SEED:-random} SUPCERT_EFFORT=$(EFFORT) SUPCERT_TEST_LIMIT=7200 tests/run build/sanitised unit

# Every reader of files against a fuzzer, all together for FUZZ_SECONDS.
FUZZ_SECONDS ?= 120
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
FUZZ_FLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ORACLE := $(addprefix tests/unit/,arrays.c enumerate.c integer_pair.c point_value.c simplex.c sweep.c)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(ORACLE) $(call object,$(TRUSTED) $(TARGET) $(VNNLIB)) $(IMPORT_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit -Itests/fuzz $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(IMPORT_LIBS) $(CHECK_LIBS)

fuzzers: $(FUZZERS)

fuzz:
	@tools/setup fuzz
	$(MAKE) all
	$(MAKE) BUILD=build/fuzzing CC=clang OPTIMISE=-O1 SANITISE='$(FUZZ_FLAGS)' fuzzers
	tests/fuzz/run build build/fuzzing/fuzz $(FUZZ_SECONDS)

# ONNX models against a real runtime, for DIFFERENTIAL_SECONDS; DIFFERENTIAL_SEED repeats a run. The slice is what
# continuous integration runs: the same models every time, and none, which it says, where there is no runtime.
DIFFERENTIAL_SECONDS ?= 120
DIFFERENTIAL_SEED ?=
DIFFERENTIAL := tests/differential/run build/sanitised build/differential

differential:
	@tools/setup differential
	$(MAKE) BUILD=build/sanitised OPTIMISE=-O1 SANITISE='$(SANITISERS)' build/sanitised/differential/evaluate
	$(DIFFERENTIAL) $(DIFFERENTIAL_SECONDS) $(DIFFERENTIAL_SEED)

differential-slice: setup
	$(MAKE) BUILD=build/sanitised OPTIMISE=-O1 SANITISE='$(SANITISERS)' build/sanitised/differential/evaluate
	$(DIFFERENTIAL) 15 1 || [ $$? -eq 77 ]

$(BUILD)/differential/evaluate: tests/differential/evaluate.c $(call object,$(TRUSTED)) $(IMPORT_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $(filter %.c %.o,$^) $(IMPORT_LIBS) $(CHECK_LIBS)

# Forged certificates of every kind, for FORGE_SECONDS: what the checker accepts must be true.
FORGE_OBJECTS := $(patsubst tests/forge/%.c,$(BUILD)/forging/%.o,$(sort $(wildcard tests/forge/*.c)))
FORGE_HELPERS := $(addprefix $(BUILD)/unit/,$(addsuffix .o,arrays draft enumerate enumerate_signed integer_pair mutate plain point_value random random_box random_network random_rational rescale simplex sweep temporary))

$(BUILD)/forging/%.o: tests/forge/%.c | $(BUILD)/generated/import/onnx.pb-c.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/forge -Itests/unit $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/forge: $(FORGE_OBJECTS) $(FORGE_HELPERS) $(call object,$(TRUSTED) $(TARGET) $(VNNLIB) $(ESTIMATE) $(SEARCH) $(FOOL) src/cli/receipt.c src/cli/verify_job.c src/cli/specification.c) $(IMPORT_OBJECTS)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(SEARCH_LIBS) $(IMPORT_LIBS) $(CHECK_LIBS)

forge: setup
	$(MAKE) $(BUILD)/forge
	$(BUILD)/forge

# The same few instances of every kind each time, with sanitizers: what continuous integration runs.
forge-slice: setup
	$(MAKE) BUILD=build/sanitised OPTIMISE=-O1 SANITISE='$(SANITISERS)' build/sanitised/forge
	FORGE_SEED=1 FORGE_INSTANCES=12 build/sanitised/forge

# Small changes of the trusted rooms, each of which some test must notice: MUTATE_COUNT of them (40), or as many as MUTATE_SECONDS
# allow; MUTATE_SEED repeats a run. A mutant is tried without sanitizers first, as that is fast.
MUTATE_SETTINGS := OPTIMISE=-O1 SANITISE='-fsanitize=undefined -fsanitize-undefined-trap-on-error'
MUTATE_SANITISED := OPTIMISE=-O1 SANITISE='$(SANITISERS)'

mutate:
	@tools/setup mutate
	$(MAKE) BUILD=build/mutate $(MUTATE_SETTINGS) all unit
	$(MAKE) BUILD=build/sanitised $(MUTATE_SANITISED) all unit
	tools/mutate/run build/mutate $(MUTATE_SETTINGS) -- build/sanitised $(MUTATE_SANITISED)

check: setup
	$(MAKE) all
	$(MAKE) BUILD=build/sanitised OPTIMISE=-O1 SANITISE='$(SANITISERS)' all unit
	tests/run build/sanitised
	tests/run build again

# What runs in several threads, with a sanitizer for that: fewer cases, since it is slow.
THREADS := $(MAKE) BUILD=build/threads OPTIMISE=-O1 SANITISE=-fsanitize=thread
THREADED := build/threads/tests/test_maximise build/threads/tests/test_checkpoint build/threads/tests/test_relative build/threads/tests/test_signed build/threads/tests/test_vnnlib build/threads/tests/test_hole
check-threads: setup
	$(THREADS) all $(THREADED)
	for test in $(THREADED); do SUPCERT_EFFORT=0.1 TSAN_OPTIONS=exitcode=99 $$test || exit 1; done
	for test in max anytime fool; do tests/end/$$test.sh build/threads || exit 1; done

# The estimate by random points that the benchmark puts next to the proven maximum; it alone needs a BLAS.
$(BUILD)/bench/estimate: tests/bench/estimate.c $(call object,$(TRUSTED) $(TARGET) $(PAIR_CLI)) $(IMPORT_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $(filter %.c %.o,$^) -lopenblas $(IMPORT_LIBS) $(CHECK_LIBS)

bench:
	@tools/setup bench
	$(MAKE) all $(BUILD)/bench/estimate $(BUILD)/bench/hole
	tests/bench/run $(BUILD)

$(BUILD)/bench/%: tests/bench/%.c tests/unit/random.c $(call object,$(TRUSTED) $(TARGET) $(ESTIMATE) $(SEARCH) $(FOOL)) $(IMPORT_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $(filter %.c %.o,$^) $(SEARCH_LIBS) $(IMPORT_LIBS) $(CHECK_LIBS)

demo: setup
	$(MAKE) all
	examples/first/run $(BUILD)

setup:
	@tools/setup

# --- install -----------------------------------------------------------------------------------------------
COMPLETIONS := share/bash-completion/completions
MANUAL_1 := supcert.1 supcert-check.1
MANUAL_5 := supcert-certificate.5 supcert-formula.5 supcert-json.5 supcert-network.5
DOCUMENTS := certs/FORMAT.md certs/FORMULA.md certs/NETWORK.md
SCHEMAS   := $(sort $(wildcard share/schema/*.json))

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/include
	install -m 755 $(BUILD)/supcert $(BUILD)/supcert-check $(BUILD)/supcert-check-native $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(BUILD)/libsupcert.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(BUILD)/libsupcert.so $(DESTDIR)$(PREFIX)/lib
	install -m 644 include/supcert.h $(DESTDIR)$(PREFIX)/include
	install -d $(DESTDIR)$(PREFIX)/$(COMPLETIONS)
	install -m 644 share/completion/supcert.bash $(DESTDIR)$(PREFIX)/$(COMPLETIONS)/supcert
	ln -sf supcert $(DESTDIR)$(PREFIX)/$(COMPLETIONS)/supcert-check
	ln -sf supcert $(DESTDIR)$(PREFIX)/$(COMPLETIONS)/supcert-check-native
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,man/man1 man/man5 doc/supcert supcert/schema)
	install -m 644 $(addprefix man/,$(MANUAL_1)) $(DESTDIR)$(PREFIX)/share/man/man1
	ln -sf supcert-check.1 $(DESTDIR)$(PREFIX)/share/man/man1/supcert-check-native.1
	install -m 644 $(addprefix man/,$(MANUAL_5)) $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 $(DOCUMENTS) $(DESTDIR)$(PREFIX)/share/doc/supcert
	install -m 644 $(SCHEMAS) $(DESTDIR)$(PREFIX)/share/supcert/schema

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/supcert $(DESTDIR)$(PREFIX)/bin/supcert-check $(DESTDIR)$(PREFIX)/bin/supcert-check-native
	rm -f $(DESTDIR)$(PREFIX)/lib/libsupcert.a $(DESTDIR)$(PREFIX)/lib/libsupcert.so $(DESTDIR)$(PREFIX)/include/supcert.h
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/$(COMPLETIONS)/,supcert supcert-check supcert-check-native)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/man/man1/,$(MANUAL_1) supcert-check-native.1)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/man/man5/,$(MANUAL_5))
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/doc/supcert/,$(notdir $(DOCUMENTS)))
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/supcert/schema/,$(notdir $(SCHEMAS)))

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
