# i386: from a 486 on; Debian gcc for i686 would use cmov.
CROSS_COMPILE ?= i486-linux-musl-
TARGET_CFLAGS = -march=i486 -mtune=generic
RUNNER ?= $(if $(filter i386 i686 x86_64,$(shell uname -m)),,qemu-i386-static)
