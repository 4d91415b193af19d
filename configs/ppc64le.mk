# ppc64le: little-endian POWER8 and on; musl has no double-double.
CROSS_COMPILE ?= powerpc64le-linux-musl-
TARGET_CFLAGS = -mlong-double-64
RUNNER ?= qemu-ppc64le-static
