# aarch64: 64-bit ARM, from ARMv8.0 on.
CROSS_COMPILE ?= aarch64-linux-musl-
RUNNER ?= qemu-aarch64-static
