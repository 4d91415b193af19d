#!/usr/bin/env python3
"""stepclock - run a program under a wall clock that somebody sets.

usage: stepclock.py FILE COMMAND...; once FILE holds a number, the program's
CLOCK_REALTIME is so many seconds ahead; with "late" it sleeps whenever it has
just been told the coarse time, as who is preempted there.  x86-64: the vdso is hidden from it,
so that it asks the kernel, where ptrace(2) changes the answer.
"""
import ctypes
import os
import signal
import sys
import time

TRACEME, PEEK, POKE, GETREGS, SYSCALL, SETOPTIONS = 0, 1, 4, 12, 24, 0x4200
CLOCK_GETTIME, GOOD = 228, 1	# PTRACE_O_TRACESYSGOOD
COARSE = 6			# CLOCK_MONOTONIC_COARSE
AT_SYSINFO_EHDR, AT_IGNORE, WORD = 33, 1, 8
ORIG_RAX, RSP, RSI, RDI = 15, 19, 13, 14	# of user_regs_struct

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                        ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def registers(pid):
    regs = (ctypes.c_ulonglong * 27)()
    libc.ptrace(GETREGS, pid, 0, ctypes.addressof(regs))
    return regs


def hide_vdso(pid):
    """Behind argv and envp lies the auxiliary vector."""
    at = registers(pid)[RSP] + WORD
    for _ in range(2):
        while libc.ptrace(PEEK, pid, at, 0):
            at += WORD
        at += WORD
    while kind := libc.ptrace(PEEK, pid, at, 0):
        if kind == AT_SYSINFO_EHDR:
            libc.ptrace(POKE, pid, at, AT_IGNORE)
        at += 2 * WORD


def step(pid, seconds):
    regs = registers(pid)
    if regs[ORIG_RAX] == CLOCK_GETTIME and regs[RDI] == 0:
        at = regs[RSI]
        libc.ptrace(POKE, pid, at, libc.ptrace(PEEK, pid, at, 0) + seconds)


def late(pid):
    regs = registers(pid)
    if regs[ORIG_RAX] == CLOCK_GETTIME and regs[RDI] == COARSE:
        time.sleep(0.1)


def main(path, command):
    pid = os.fork()
    if pid == 0:
        libc.ptrace(TRACEME, 0, 0, 0)
        os.execvp(command[0], command)
    os.waitpid(pid, 0)
    hide_vdso(pid)
    libc.ptrace(SETOPTIONS, pid, 0, GOOD)
    seconds, leaving, pass_on = 0, False, 0
    while True:
        libc.ptrace(SYSCALL, pid, 0, pass_on)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        pass_on = 0
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            pass_on = os.WSTOPSIG(status)
            continue
        leaving = not leaving
        if leaving:
            continue
        if not seconds and os.path.exists(path):
            with open(path) as f:
                text = f.read().strip()
                seconds = text if text == "late" else int(text or 0)
        if seconds == "late":
            late(pid)
        elif seconds:
            step(pid, seconds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
