# mips: big-endian MIPS32 release 2, o32 (a 24Kc, Atheros routers).
CROSS_COMPILE ?= mips-linux-musl-
RUNNER ?= qemu-mips-static
