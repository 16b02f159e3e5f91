# cg-grad. `make help` lists what there is to make.

ifeq ($(origin CC),default)
CC      := gcc
endif
CFLAGS  ?= -O2 -g
WERROR  ?= -Werror
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
MANDIR  ?= $(PREFIX)/share/man
DOCDIR  ?= $(PREFIX)/share/doc/cg-grad
FUZZ_SECONDS ?= 60

# Results must not depend on the compiler's mood: no flag here, nor in KERNELS, lets it change
# what IEEE arithmetic gives (-ffast-math and its parts do; a trap or errno that nobody reads does
# not). The objects of the archive and of the shared library are the same.
FLAGS := -std=c17 -D_GNU_SOURCE -Isrc -Iinclude -pthread -ffp-contract=off \
         -fPIC -fvisibility=hidden -fno-semantic-interposition \
         -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes $(WERROR) \
         $(shell pkg-config --cflags yaml-0.1 libcjson zlib 2>/dev/null)
KERNELS := -O3 -fno-math-errno -fno-trapping-math
LIBS := $(or $(shell pkg-config --libs yaml-0.1 libcjson zlib 2>/dev/null),-lyaml -lcjson -lz) -lm
LINK := -Wl,-O1,--as-needed,-z,now
# Arb is a library of its own in Debian 12, and a part of FLINT 3 later.
FLINT_LIBS := $(if $(filter /%,$(shell $(CC) -print-file-name=libflint-arb.so)),-lflint-arb) \
              -lflint -lgmp

# Three builds of the same sources. What is shipped is optimised and trusts itself; the tests'
# build verifies every graph after every pass (CG_DEBUG); the limits' build can be brought to
# every limit cheaply (base/limits.h). Under SANITIZE=1 the first is the tests' build too.
# (CLOSED: the shared library leaves no symbol open; sanitizers leave theirs to the program.)
CHECKED := -O1 -DCG_DEBUG
ifeq ($(SANITIZE),1)
BUILD   ?= build/sanitize
CHECK   := $(BUILD)
CHECKED += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
           $(if $(FUZZ),-fsanitize=fuzzer-no-link)
PLAIN   := $(CHECKED)
else
BUILD   ?= build
CHECK   := $(BUILD)/check
PLAIN   :=
CLOSED  := -Wl,-z,defs
endif
LIMITS  := $(BUILD)/test-limits

HEADERS := $(sort $(wildcard include/*.h \
               $(foreach kind,h def inc,src/*/*.$(kind) src/*/*/*.$(kind))))
SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c))
CLI     := $(filter src/cli/%,$(SOURCES))
EMBEDDED := $(wildcard schemas/*.json docs/errors.md examples/first.yaml man/*.in completions/*)
EXACT   := $(filter src/exec/exact/%,$(SOURCES))
ARCHIVE := $(filter-out $(CLI) $(EXACT),$(SOURCES))
SHARED  := $(filter-out src/verify/% src/report/%,$(ARCHIVE))

EXACT_TESTS  := $(patsubst %.c,$(CHECK)/%,$(wildcard tests/exact/test_*.c))
TESTS        := $(patsubst %.c,$(CHECK)/%,$(wildcard tests/unit/test_*.c tests/laws/test_*.c))
RANDOM_TESTS := $(if $(wildcard tests/random/*.c),\
    $(CHECK)/tests/random/test_random_programs $(LIMITS)/tests/random/test_random_mutants)
LIMIT_TESTS  := $(patsubst %.c,$(LIMITS)/%,$(wildcard tests/limits/test_*.c))
FUZZERS      := $(patsubst %.c,$(LIMITS)/%,$(wildcard tests/fuzz/fuzz_*.c))
BATS         := $(sort $(wildcard tests/cli/*.bats))
BENCHES      := $(patsubst %.c,$(BUILD)/%,$(wildcard bench/*.c))

# The version stands in the public header; a version x.y.z has the soname libcggrad.so.x.
VERSION := $(shell sed -n 's/^\#define CG_VERSION "\(.*\)"/\1/p' include/cggrad.h)
SONAME  := libcggrad.so.$(firstword $(subst ., ,$(VERSION)))
# What the plug-in and its loader know of the build. LIBRARIES is the place of last resort, that of the
# make that compiled: `make install` to elsewhere compiles nothing anew, as tests run meanwhile, and
# what it installs finds the plug-in from the command's own place.
PLACES  := -DLIBRARIES='"$(LIBDIR)"' -DBUILD_VERSION='"$(VERSION)"'

# A recipe's own make uses all processors, unless it was called with a -j.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
SUBMAKE = +@$(MAKE) --no-print-directory $(JOBS)
Q := $(if $(V),,@)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all example test tests fuzz run-fuzzers bench lint format manual install uninstall clean help FORCE

PRODUCTS := $(if $(CLI),$(BUILD)/cg-grad) $(BUILD)/libcggrad.a $(BUILD)/$(SONAME) \
            $(BUILD)/cggrad-exact.so
all: $(PRODUCTS) ## the command and the libraries, in build/ (SANITIZE=1: in build/sanitize/)

quoted = '$(subst ','\'',$(1))'

# $(call variant,directory,flags): one build of all sources. An -O1 among its flags stands after
# the kernels' -O3, and so wins. The files `flags`, `list` and `places` change only when their text
# does.
define variant
$(1)/obj/flags: TEXT = $(CC) $(CFLAGS) $(KERNELS) $(FLAGS) $(2) $(LINK) $(LDFLAGS) $(LIBS)
$(1)/obj/list: TEXT = $(SOURCES) $(EMBEDDED)
$(1)/obj/places: TEXT = $(VERSION) $(FLINT_LIBS)
$(1)/obj/flags $(1)/obj/list $(1)/obj/places: FORCE
	@mkdir -p $$(@D); printf '%s\n' $$(call quoted,$$(TEXT)) | cmp -s - $$@ \
	    || printf '%s\n' $$(call quoted,$$(TEXT)) > $$@

$(1)/obj/exec/vm/%.o: OWN_FLAGS := $(KERNELS)
$(1)/obj/exec/exact_load.o $(1)/obj/exec/exact/exact_engine.o: OWN_FLAGS = $(PLACES)
$(1)/obj/exec/exact_load.o $(1)/obj/exec/exact/exact_engine.o: $(1)/obj/places
$(1)/obj/%.o: src/%.c $(1)/obj/flags
	@mkdir -p $$(@D)
	@echo "  CC $$@"
	$(Q)$(CC) $(CFLAGS) $$(OWN_FLAGS) $(FLAGS) $(2) -MMD -MP -c -o $$@ $$<

$(1)/libcggrad.a: $(ARCHIVE:src/%.c=$(1)/obj/%.o) $(1)/obj/list
	@echo "  AR $$@"
	$(Q)rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)

$(1)/obj/embedded.c: $(EMBEDDED) scripts/embed $(1)/obj/list
	$(Q)scripts/embed $(EMBEDDED) > $$@
$(1)/obj/embedded.o: $(1)/obj/embedded.c $(1)/obj/flags src/cli/embedded.h
	$(Q)$(CC) $(CFLAGS) $(FLAGS) $(2) -c -o $$@ $$<

$(1)/cg-grad: $(CLI:src/%.c=$(1)/obj/%.o) $(if $(EMBEDDED),$(1)/obj/embedded.o) $(1)/libcggrad.a
	@echo "  LD $$@"
	$(Q)$(CC) $(CFLAGS) $(FLAGS) $(2) $(LINK) $(LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) $(LIBS)

# The plug-in has what it needs of the archive for itself, and gives its table alone.
$(1)/cggrad-exact.so: $(EXACT:src/%.c=$(1)/obj/%.o) $(1)/libcggrad.a $(1)/obj/list
	@echo "  LD $$@"
	$(Q)$(CC) $(CFLAGS) $(FLAGS) $(2) $(LINK) $(CLOSED) -Wl,--exclude-libs,ALL $(LDFLAGS) \
	    -shared -o $$@ $$(filter %.o %.a,$$^) $(FLINT_LIBS) $(LIBS)

-include $(SOURCES:src/%.c=$(1)/obj/%.d)
endef
$(eval $(call variant,$(BUILD),$(PLAIN)))
ifneq ($(CHECK),$(BUILD))
$(eval $(call variant,$(CHECK),$(CHECKED)))
endif
$(eval $(call variant,$(LIMITS),$(CHECKED) -DTEST_LIMITS))

$(BUILD)/$(SONAME): $(SHARED:src/%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/list $(BUILD)/obj/flags
	@echo "  LD $@"
	$(Q)$(CC) $(CFLAGS) $(FLAGS) $(PLAIN) $(LINK) $(CLOSED) $(LDFLAGS) \
	    -shared -Wl,-soname,$(SONAME) -o $@ $(filter %.o,$^) $(LIBS)
	@ln -sf $(SONAME) $(BUILD)/libcggrad.so

# -- tests -----------------------------------------------------------------------------------

# $(call program,flags,libraries): a program of one source, linked with its build's library.
program = $(Q)mkdir -p $(@D) && echo "  LD $@" && $(CC) $(CFLAGS) $(FLAGS) $(1) -MMD -MP \
              -MF $@.d -MT $@ $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(2) $(LIBS)

$(TESTS): $(CHECK)/%: %.c $(CHECK)/libcggrad.a
	$(call program,$(CHECKED),-lcmocka)
$(CHECK)/tests/random/test_random_programs: $(wildcard tests/random/*.[ch]) $(CHECK)/libcggrad.a
	$(call program,$(CHECKED))
$(LIMITS)/tests/random/test_random_mutants: $(wildcard tests/random/*.[ch]) $(LIMITS)/libcggrad.a
	$(call program,$(CHECKED) -DTEST_LIMITS)
$(LIMIT_TESTS): $(LIMITS)/%: %.c $(LIMITS)/libcggrad.a
	$(call program,$(CHECKED) -DTEST_LIMITS,-lcmocka)
$(FUZZERS): $(LIMITS)/%: %.c $(LIMITS)/libcggrad.a
	$(call program,$(CHECKED) -DTEST_LIMITS -fsanitize=fuzzer)
$(BENCHES): $(BUILD)/%: %.c $(BUILD)/libcggrad.a
	$(call program,$(PLAIN))
-include $(addsuffix .d,$(TESTS) $(LIMIT_TESTS) $(FUZZERS) $(BENCHES))

$(EXACT_TESTS): $(CHECK)/%: %.c $(EXACT:src/%.c=$(CHECK)/obj/%.o) $(CHECK)/libcggrad.a
	$(Q)mkdir -p $(@D) && echo "  LD $@" && $(CC) $(CFLAGS) $(FLAGS) $(CHECKED) -MMD -MP \
	    -MF $@.d -MT $@ $(LDFLAGS) -o $@ $(filter %.c %.o %.a,$^) -lcmocka $(FLINT_LIBS) $(LIBS)
-include $(addsuffix .d,$(EXACT_TESTS))

tests: all $(TESTS) $(EXACT_TESTS) $(RANDOM_TESTS) $(LIMIT_TESTS) \
       $(if $(CLI),$(LIMITS)/cg-grad $(LIMITS)/cggrad-exact.so)

test: ## install what is missing, build, and pass every test (also with SANITIZE=1)
	@scripts/install-deps build test
	$(SUBMAKE) tests
	@CG_GRAD=$(abspath $(BUILD)/cg-grad) CG_GRAD_LIMITS=$(abspath $(LIMITS)/cg-grad) \
	    scripts/run-tests $(BUILD)/test-logs $(TESTS) $(EXACT_TESTS) $(RANDOM_TESTS) $(LIMIT_TESTS) \
	    $(BATS)

example: ## install what is missing, build, and run the main job on an example
	@scripts/install-deps build
	$(SUBMAKE) all
	$(BUILD)/cg-grad examples/mission.yaml

fuzz: ## give each parser random input for a while (FUZZ_SECONDS=60)
	@scripts/install-deps build lint
	$(SUBMAKE) CC=clang BUILD=$(BUILD)/fuzz SANITIZE=1 FUZZ=1 run-fuzzers
run-fuzzers: $(FUZZERS)
	@set -e; for fuzzer in $(FUZZERS); do \
	    corpus=$(BUILD)/corpus/$$(basename $$fuzzer); mkdir -p $$corpus; echo "$$fuzzer"; \
	    $$fuzzer -verbosity=0 -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(BUILD)/ $$corpus examples; \
	done

bench: $(BENCHES) ## measure
	@set -e; for bench in $(BENCHES); do echo "$$bench"; "$$bench"; done

# -- lint ------------------------------------------------------------------------------------

FORMATTED := $(filter %.h,$(HEADERS)) $(SOURCES) $(wildcard tests/*/*.[ch] bench/*.[ch])
LINTS     := format layers headers functions scripts clang tidy
TIDY      := $(SOURCES:src/%.c=$(BUILD)/lint/%.tidy)
.PHONY: $(LINTS:%=lint-%)

lint: ## format, layers, headers, functions, scripts, clang's warnings, static analysis
	@scripts/install-deps build test lint
	$(SUBMAKE) --keep-going --output-sync $(LINTS:%=lint-%)

lint-format:
	@echo "  clang-format"
	$(Q)clang-format --dry-run -Werror --ferror-limit=1 $(FORMATTED) || { echo '(make format mends it)'; false; }
lint-layers: all
	@scripts/check-layers $(BUILD)/obj
lint-headers:
	@scripts/check-headers '$(CC) $(FLAGS)'
lint-functions:
	@scripts/check-functions $(SOURCES) $(filter-out %.def,$(HEADERS))
lint-scripts:
	@echo "  shellcheck"
	$(Q)shellcheck $(wildcard scripts/* examples/*.sh) .ci/run completions/cg-grad.bash
	$(Q)shellcheck --exclude=SC2016,SC2030,SC2031,SC2164 $(BATS) # what is usual in a test
lint-clang:
	$(Q)$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/clang all
lint-tidy: $(TIDY)

$(TIDY): $(BUILD)/lint/%.tidy: src/%.c $(HEADERS) .clang-tidy
	@mkdir -p $(@D)
	@echo "  clang-tidy $<"
	$(Q)clang-tidy --quiet $< -- $(FLAGS) $(PLACES) -Xclang -analyzer-config -Xclang mode=shallow \
	    2>/dev/null
	@touch $@

format: ## put all sources into the project's format
	clang-format -i $(FORMATTED)

# -- install ---------------------------------------------------------------------------------

define newline


endef

# What is installed, as calls of $(1): how, a file of the project, its place. How: a mode; `link`:
# a link of that text; `filled`: the file, its @NAMES@ filled in. Nothing else knows the places.
DATADIR := $(PREFIX)/share
each = $(foreach file,$(2),$(call $(1),644,$(file),$(3)/$(notdir $(file))))
define installed
$(call $(1),755,$(BUILD)/cg-grad,$(PREFIX)/bin/cg-grad)
$(call $(1),644,include/cggrad.h,$(PREFIX)/include/cggrad.h)
$(call $(1),644,$(BUILD)/libcggrad.a,$(LIBDIR)/libcggrad.a)
$(call $(1),644,$(BUILD)/$(SONAME),$(LIBDIR)/libcggrad.so.$(VERSION))
$(call $(1),link,libcggrad.so.$(VERSION),$(LIBDIR)/$(SONAME))
$(call $(1),link,$(SONAME),$(LIBDIR)/libcggrad.so)
$(call $(1),755,$(BUILD)/cggrad-exact.so,$(LIBDIR)/cg-grad/cggrad-exact.so)
$(call $(1),filled,cg-grad.pc.in,$(LIBDIR)/pkgconfig/cg-grad.pc)
$(call $(1),644,completions/cg-grad.bash,$(DATADIR)/bash-completion/completions/cg-grad)
$(call $(1),644,completions/_cg-grad,$(DATADIR)/zsh/site-functions/_cg-grad)
$(call $(1),644,completions/cg-grad.fish,$(DATADIR)/fish/vendor_completions.d/cg-grad.fish)
$(foreach n,1 5 7,$(call each,$(1),$(wildcard man/*.$(n)),$(MANDIR)/man$(n)))
$(call each,$(1),$(wildcard schemas/*.json),$(DATADIR)/cg-grad/schemas)
$(call each,$(1),LICENSE README.md CHANGELOG.md,$(DOCDIR))
$(call each,$(1),$(wildcard docs/*.md),$(DOCDIR)/docs)
$(call each,$(1),$(wildcard examples/*.*),$(DOCDIR)/examples)
$(call each,$(1),$(wildcard examples/ci/*.*),$(DOCDIR)/examples/ci)
endef
# Folders of ours alone, the inner ones first.
OWN_FOLDERS = $(DATADIR)/cg-grad/schemas $(DATADIR)/cg-grad $(DOCDIR)/docs \
              $(DOCDIR)/examples/ci $(DOCDIR)/examples $(DOCDIR) $(LIBDIR)/cg-grad

to = "$(DESTDIR)$(1)"
put = @$(if $(filter link filled,$(1)),$(put_$(1)),install -D -m $(1) $(2) $(call to,$(3)))$(newline)
put_link = ln -sf $(2) $(call to,$(3))
put_filled = install -D -m 644 $(2) $(call to,$(3)) && sed -i -e 's|@PREFIX@|$(PREFIX)|' \
    -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@VERSION@|$(VERSION)|' $(call to,$(3))
drop = @rm -f $(call to,$(3))$(newline)

install: all ## install below PREFIX (/usr/local), staged in DESTDIR
	$(call installed,put)
	@echo "installed below $(DESTDIR)$(PREFIX)"

uninstall: ## remove what install put there
	$(call installed,drop)
	$(foreach folder,$(OWN_FOLDERS),@rmdir $(call to,$(folder)) 2>/dev/null || :$(newline))

# What follows from the tables of commands, options and built-ins.
manual: $(BUILD)/cg-grad ## make the pages of the manual and docs/builtins.md anew
	$(BUILD)/cg-grad generate man -o man/cg-grad.1
	$(BUILD)/cg-grad generate expressions -o man/cg-grad-expressions.7
	$(BUILD)/cg-grad generate builtins -o docs/builtins.md

clean: ## remove everything that was built
	rm -rf $(BUILD)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile
