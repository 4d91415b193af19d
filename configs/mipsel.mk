# mipsel: little-endian MIPS32 release 2, o32 (MediaTek routers).
CROSS_COMPILE ?= mipsel-linux-musl-
RUNNER ?= qemu-mipsel-static
