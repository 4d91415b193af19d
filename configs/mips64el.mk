# mips64el: little-endian MIPS64 release 2, n64 (Loongson, Octeon).
CROSS_COMPILE ?= mips64el-linux-musl-
RUNNER ?= qemu-mips64el-static
