# armel: ARM without one, from ARMv5TE on (arm926 boards).
CROSS_COMPILE ?= arm-linux-musleabi-
RUNNER ?= qemu-arm-static
