# x86_64: any 64-bit PC; runs as it is on one.
CROSS_COMPILE ?= x86_64-linux-musl-
RUNNER ?= $(if $(filter x86_64,$(shell uname -m)),,qemu-x86_64-static)
