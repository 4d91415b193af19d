# riscv64: RV64GC, lp64d.
CROSS_COMPILE ?= riscv64-linux-musl-
RUNNER ?= qemu-riscv64-static
