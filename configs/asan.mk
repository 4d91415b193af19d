# asan: AddressSanitizer and UBSan, which need the machine's own C library.
CC = gcc
CFLAGS = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
SHRINK =
SMALL =
FIXED =
STRIP =
