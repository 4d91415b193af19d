# armhf: ARMv7 with a floating point unit (Cortex-A, Raspberry Pi 2 on).
CROSS_COMPILE ?= arm-linux-musleabihf-
RUNNER ?= qemu-arm-static
