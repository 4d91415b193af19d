#!/usr/bin/env python3
"""oldkernel - run a command as Linux 3.10 would: what came later is not there.

usage: oldkernel.py COMMAND...  x86-64: system calls from 314 on are ENOSYS,
UDP_SEGMENT and UDP_GRO ENOPROTOOPT, by a seccomp filter that children inherit.
The command has the descriptors 0 to 2, and those that INHERIT lists, too.
"""
import ctypes
import errno
import os
import struct
import sys

SET_SECCOMP, FILTER, NO_NEW_PRIVS = 22, 2, 38
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, ERRNO = 0x7fff0000, 0x00050000
X86_64 = 0xc000003e
NUMBER, ARCH, LEVEL, OPTION = 0, 4, 24, 32	# of struct seccomp_data
FIRST_NEW, SETSOCKOPT, GETSOCKOPT, UDP, SEGMENT, GRO = 314, 54, 55, 17, 103, 104

PROGRAM = [
    (LOAD, 0, 0, ARCH),
    (EQUAL, 0, 10, X86_64),
    (LOAD, 0, 0, NUMBER),
    (AT_LEAST, 9, 0, FIRST_NEW),
    (EQUAL, 1, 0, SETSOCKOPT),
    (EQUAL, 0, 6, GETSOCKOPT),
    (LOAD, 0, 0, LEVEL),
    (EQUAL, 0, 4, UDP),
    (LOAD, 0, 0, OPTION),
    (EQUAL, 1, 0, SEGMENT),
    (EQUAL, 0, 1, GRO),
    (RETURN, 0, 0, ERRNO | errno.ENOPROTOOPT),
    (RETURN, 0, 0, ALLOW),
    (RETURN, 0, 0, ERRNO | errno.ENOSYS),
]


def main(command):
    code = b"".join(struct.pack("HBBI", *step) for step in PROGRAM)
    buf = ctypes.create_string_buffer(code, len(code))
    prog = struct.pack("HxxxxxxQ", len(PROGRAM), ctypes.addressof(buf))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or \
            libc.prctl(SET_SECCOMP, FILTER, prog, 0, 0):
        sys.exit("oldkernel: %s" % os.strerror(ctypes.get_errno()))
    os.closerange(3, 1024)	# what our caller left open
    for fd in os.environ.get("INHERIT", "").split():
        os.dup2(2, int(fd))
    os.execvp(command[0], command)


main(sys.argv[1:])
