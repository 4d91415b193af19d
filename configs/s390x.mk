# s390x: IBM z, big-endian and 64-bit, from z196 on.
CROSS_COMPILE ?= s390x-linux-musl-
RUNNER ?= qemu-s390x-static
