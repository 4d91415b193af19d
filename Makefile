# echobox: one static binary that is echod, echoc and zombiewatch.
# `make` builds it, `make help` lists the rest. No configure, no recursion.

VERSION = 0.1.0

# Where `make install` puts things; DESTDIR is the packager's root.
DESTDIR =
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man

# CONFIG is a list of fragments of configs/ that combine: "tiny aarch64".
CONFIG =
null :=
name := $(or $(subst $(null) $(null),+,$(strip $(CONFIG))),default)
B := build/$(name)

# An applet is applets/NAME.c, or a folder applets/NAME/ with a NAME.c in it.
APPLETS := $(sort \
	$(filter-out main,$(patsubst applets/%.c,%,$(wildcard applets/*.c))) \
	$(foreach d,$(wildcard applets/*/),$(if \
	$(wildcard $d$(notdir $(d:/=)).c),$(notdir $(d:/=)))))

# The user's flags; ours are in ALL_CFLAGS and hold for every build, but come
# first: an -O2 or -Os here is obeyed.
CFLAGS =
CPPFLAGS =
LDFLAGS =
OBJCOPY = $(CROSS_COMPILE)objcopy
STRIP = -S -R .comment -R .note* -R .gnu.warning*
NM = $(CROSS_COMPILE)nm

# Link small: no padding between segments, no relocation-read-only page (it
# would guard a few hundred bytes), nothing that is not used, no build id.
SMALL = -static -no-pie -Wl,--gc-sections,-z,norelro,-z,noseparate-code
SMALL += -Wl,--build-id=none,-z,noexecstack
# Code that need not move is 1.5 KB smaller; so are sections by alignment (500
# bytes) and, in the file, data that need not start on a page (up to 4 KB).
SMALL += -Wl,--sort-section=alignment,-z,common-page-size=16
FIXED = -fno-pie
# musl's start alone, without gcc's for constructors and transactions.
START = $(if $(findstring musl,$(CC)),-nostartfiles -l:crt1.o)
# Small code. Of what gcc 12 has, tried one by one on a third of the sources,
# these pay; -Oz beside -Os 1.7 %, each other one 0.1 to 0.5 %. What a compiler
# or a target does not know is left out.
SHRINK = -Os -Oz -fno-jump-tables -mgeneral-regs-only \
	-fno-inline-functions-called-once -fno-move-loop-invariants \
	-fno-caller-saves -fno-tree-loop-optimize -fno-thread-jumps \
	-fno-ssa-phiopt -fno-tree-tail-merge -fno-ipa-cp

# On x86-64 beside musl nothing is left that needs a stack aligned for SSE:
# 1 KB. Only the kernel's clock is called with one (libc_x86_64.c). Nor need
# functions with ... be told that no SSE register has an argument: 1.2 KB. (One
# of musl's, none of which is left, would save them all, on such a stack.)
SHRINK += $(if $(and $(findstring musl,$(CC)),$(findstring x86_64,$(shell \
	PATH='$(PATH)' $(CC) -dumpmachine))),-mpreferred-stack-boundary=3 \
	-mskip-rax-setup)

ifneq ($(strip $(CONFIG)),)
include $(CONFIG:%=configs/%.mk)
endif

# The sanitizer's libraries are made for the machine's own C library.
ifneq ($(and $(filter asan,$(CONFIG)),$(CROSS_COMPILE)),)
$(error CONFIG="$(CONFIG)": asan needs this machine's own C library, and no \
	target's; CONFIG="ubsan $(lastword $(filter-out asan,$(CONFIG)))" works)
endif

# What `make toolchain` made is found after what PATH has.
CACHE := $(or $(ECHOBOX_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/echobox)
export PATH := $(PATH):$(CACHE)/toolchain/bin

# `make deps run` must see what deps installs: it is done while make reads
# this file, which make then reads anew.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
ifeq ($(MAKE_RESTARTS),)
include build/deps.mk
build/deps.mk: FORCE
	@sh tests/deps $(if $(filter check-all mutants,$(MAKECMDGOALS)),all,\
	$(if $(filter run all,$(MAKECMDGOALS)),build,check))
	@mkdir -p build && touch $@
endif
endif

# musl where it is to be had: a cross compiler's prefix, or musl-gcc, or with
# a notice the C library of the machine (bigger, but the same program).
ifeq ($(origin CC),default)
ifneq ($(CROSS_COMPILE),)
CC := $(CROSS_COMPILE)gcc
missing := $(shell PATH='$(PATH)'; for t in $(CC) $(OBJCOPY); do \
	command -v $$t >/dev/null || echo $$t; done)
ifneq ($(missing),)
$(error no $(firstword $(missing)): make toolchain \
	TARGET=$(lastword $(CONFIG)), or name your musl toolchain: \
	CROSS_COMPILE=prefix-)
endif
else ifneq ($(shell command -v musl-gcc),)
CC := musl-gcc
else
CC := cc
# While `make deps` is about to install it, there is nothing to say yet.
$(if $(and $(filter deps,$(MAKECMDGOALS)),$(if $(MAKE_RESTARTS),,first)),,$(info \
	no musl-gcc (Debian: musl-tools): a static $(CC) build, several times the size))
endif
endif

# Debian's musl-gcc, by this name or a longer one, sees no kernel headers;
# these three folders, and no other, help.
KERNEL_HEADERS ?= $(if $(filter %musl-gcc,$(CC)),$(shell PATH='$(PATH)' \
	$(CC) -E -include linux/version.h - </dev/null >/dev/null 2>&1 || \
	echo /usr/include /usr/include/$$(gcc -print-multiarch)))
KERNEL_HEADERS := $(KERNEL_HEADERS)
kernel := $(if $(strip $(KERNEL_HEADERS)),$B/kernel)

takes = $(shell PATH='$(PATH)' $(CC) -Werror $1 -S -o /dev/null -x c \
	/dev/null >/dev/null 2>&1 && echo '$1')
SHRINK := $(if $(SHRINK),$(or $(call takes,$(SHRINK)),$(foreach f,$(SHRINK),\
	$(call takes,$f))))

srcs := $(wildcard libcore/*.c) applets/main.c $(sort $(foreach a,$(APPLETS),\
	$(or $(wildcard applets/$a.c applets/$a/*.c),applets/$a.c)))
objs := $(srcs:%.c=$B/%.o)
tests := $B/coretest $(if $(RUNNER),$B/can)

ALL_CPPFLAGS = -iquote libcore -iquote applets -D_GNU_SOURCE \
	-DVERSION='"$(VERSION)"' -DAPPLETS='$(patsubst %,X(%),$(APPLETS))' \
	$(if $(kernel),-isystem $(kernel)) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wno-unused-parameter -Wno-missing-field-initializers \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-ffile-prefix-map='$(CURDIR)'=. $(SHRINK) $(FIXED) $(TARGET_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(SMALL) $(START) $(LDFLAGS)

# V=1 shows each command; otherwise what is made, a word and a name.
Q = $(if $(V),,@echo "  $(1) $@";)

all: $B/echobox		## build the box (build/default/echobox)

$B/echobox.debug: $(objs)
	$(call Q,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,-Map=$B/echobox.map \
	-o $@ $^ $(LIBS)

$B/echobox: $B/echobox.debug
	$(call Q,STRIP)$(OBJCOPY) $(STRIP) $< $@
	$(if $(BARE),@sh configs/bare $@)

# Flags are a prerequisite: a changed CFLAGS builds anew, an unchanged does not.
$B/flags: FORCE | $B/
	@printf '%s\n' '$(CC) $(subst ','\'',$(ALL_CPPFLAGS) $(ALL_CFLAGS) \
	$(ALL_LDFLAGS))' | cmp -s - $@ || printf '%s\n' \
	'$(CC) $(subst ','\'',$(ALL_CPPFLAGS) $(ALL_CFLAGS) \
	$(ALL_LDFLAGS))' >$@

# Under LTO the linker sees no calls that the compiler makes by itself; and the
# start has no guard of the stack yet.
$B/%.o: %.c $B/flags | $(kernel)
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(if $(filter \
	$B/libcore/libc_%,$@),-fno-lto -fno-stack-protector) -MMD -MP -c -o $@ $<

# libcore, and the arithmetic of echoc's histogram, from the command line.
$B/coretest: $B/tests/coretest.o $(filter $B/libcore/%,$(objs)) \
		$B/applets/echoc/hist.o
	$(call Q,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$B/kernel: | $B/
	@mkdir -p $@.new; for d in linux asm asm-generic; do for r in \
	$(KERNEL_HEADERS); do test ! -d $$r/$$d || ln -sfn $$r/$$d $@.new/$$d; \
	done; done; mv $@.new $@

$B/can: tests/cross/can.c $B/flags | $(kernel)
	$(call Q,LD)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

$B/:
	@mkdir -p $@

-include $(objs:.o=.d) $B/tests/coretest.d

run: all		## show the box at work: echod, echoc and zombiewatch
	@sh tests/demo $B/echobox

check-build: all $(tests)

check: check-build	## the fast tests, a few minutes; TESTS=PATTERN: some
	@CONFIG='$(CONFIG)' BUILD=$B $(if $(RUNNER),sh tests/cross/emulated $(RUNNER)) \
	sh tests/run $(if $(TESTS),'$(TESTS)')

check-all: check	## every test: targets, boots, fuzz, faults
	@CONFIG='$(CONFIG)' BUILD=$B $(if $(RUNNER),sh tests/cross/emulated $(RUNNER)) \
	sh tests/run --all

toolchain:		## a musl toolchain for TARGET=mips and so on, or all
	@sh tests/cross/toolchain $(TARGET)

all-targets:		## build for every target, and say how big each is
	@sh tests/cross/all $(TARGETS)

# MODULES are loaded in their order; FILES are FILE:/PATH.
initramfs: all		## build/CONFIG/initramfs.gz: the box, MODULES and FILES
	$(call Q,CPIO)sh configs/initramfs $B/echobox $B/initramfs.gz \
	$(APPLETS:%=-l %) $(MODULES:%=-m %) $(FILES:%=-f %)

boot:			## boot TARGET's machine (default x86_64) in qemu
	@sh tests/boot/boot $(or $(TARGET),x86_64)

print-cross:
	@echo '$(CROSS_COMPILE)'

boot-check:		## boot TARGETS, measure, and print a table
	@sh tests/boot/check $(TARGETS)

ci-extra:		## of the slow tiers, what fits into SECONDS
	@sh tests/cross/ci $(SECONDS)

mutants: check-build	## each trap's handling taken out: its test must fail
	@sh tests/mutants/run $(ONLY)

# Judges and peers are alternated in one run: ratios hold, absolutes do not.
# BENCH_SECONDS is what all of it may take, divided among the figures.
BENCH_SECONDS = 1000
bench: all		## speed and memory beside the peers; docs/benchmarks.md
	@sh tests/bench/peers $B/bench/peers || :
	@BUILD=$B sh tests/bench/run --seconds $(BENCH_SECONDS) \
	--doc docs/benchmarks.md $(BENCHFLAGS)

bench-quick: all	## a short round of it, nothing written
	@BUILD=$B sh tests/bench/run --seconds 90 --most 1000 --herd 1000 \
	$(BENCHFLAGS)

size: all		## what each part of the box weighs
	@NM=$(NM) tests/bloat size $B/echobox

baseline: all		## remember this build for `make bloat`
	@cp $B/echobox $B/baseline; for x in debug map; do \
	cp $B/echobox.$$x $B/baseline.$$x; done

bloat: all		## what grew since `make baseline`, symbol by symbol
	@NM=$(NM) tests/bloat diff $B/baseline $B/echobox

# Spaces in the folders' names are escaped, and ~ is not.
into = $(subst $(null) $(null),\ ,$(DESTDIR)$1)

install: all		## the box, a link for each applet, manual pages
	install -d $(call into,$(BINDIR)) $(call into,$(MANDIR))/man1 \
		$(call into,$(MANDIR))/man8
	install -m 755 $B/echobox $(call into,$(BINDIR))/echobox
	for a in $(APPLETS) $(ALIASES); do \
		ln -sf echobox $(call into,$(BINDIR))/$$a || exit; done
	for s in 1 8; do install -m 644 docs/*.$$s \
		$(call into,$(MANDIR))/man$$s || exit; done

uninstall:		## what install put there
	cd $(call into,$(BINDIR)) && rm -f echobox $(APPLETS) $(ALIASES)
	for s in 1 8; do (cd docs && ls *.$$s) | (cd \
		$(call into,$(MANDIR))/man$$s && xargs rm -f); done

dist:			## echobox-VERSION.tar.gz of what is committed, for packagers
	@mkdir -p build
	git archive --prefix=echobox-$(VERSION)/ HEAD | gzip -9n \
		>build/echobox-$(VERSION).tar.gz

deps:			## install what building and testing need (Debian)
	@:

deps-bench:		## install the peers to measure beside, too
	@sh tests/deps bench
	@sh tests/bench/peers $B/bench/peers

clean:			## remove build/
	rm -rf build

help:			## this list
	@sed -n 's/^\([a-z-]*\):[^#]*##/\1	/p' Makefile | expand -t 16

FORCE:
.DELETE_ON_ERROR:
# What `make help` lists, and what serves it, are no files.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\#.*/\1/p' Makefile) check-build print-cross FORCE
