# ubsan: undefined behaviour traps, on any target and without a library.
CFLAGS = -Os -g -fsanitize=undefined \
	-fsanitize-undefined-trap-on-error
