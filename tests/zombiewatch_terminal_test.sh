#!/bin/sh
# zombiewatch_terminal_test - zombiewatch -r on a terminal, below a shell or not.
# shellcheck disable=SC1091,SC2154
. tests/lib.sh

# Skipped before it begins: what never answers would be waited for.
has_config tiny && {
	echo 'SKIP: tiny has no init'
	exit 0
}

# terminal PYTHON: run a script that has a terminal of its own as a shell has
# it. In it: job(COMMAND, foreground) starts a job as a shell does, foreground(
# JOB) gives it the terminal, type(TEXT) types, see(TEXT) waits for output,
# ended(JOB) and stopped(JOB) wait, BOX is the box.
terminal() {
	[ -z "${RUNNER:-}" ] || {
		skip 'terminals are not what emulation is about'
		return
	}
	cat >"$TMP/shell.py" <<-'END'
		import fcntl, os, select, signal, sys, termios
		BOX = sys.argv[1]
		signal.alarm(60)
		master, slave = os.openpty()
		if os.fork() != 0:
		    os.close(slave)
		    pid, status = os.wait()
		    sys.exit(os.waitstatus_to_exitcode(status) != 0)
		os.setsid()
		fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
		signal.signal(signal.SIGTTOU, signal.SIG_IGN)
		signal.alarm(50)

		def job(command, front=True):
		    pid = os.fork()
		    if pid == 0:
		        os.close(master)
		        os.setpgid(0, 0)
		        if front:
		            os.tcsetpgrp(slave, os.getpid())
		        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
		        for fd in 0, 1, 2:
		            os.dup2(slave, fd)
		        os.execv(BOX, [BOX, "zombiewatch", "-r"] + command)
		    try:
		        os.setpgid(pid, pid)
		    except PermissionError:
		        pass
		    return pid

		def foreground(pid):
		    os.tcsetpgrp(slave, pid)
		    os.killpg(pid, signal.SIGCONT)

		def type(text):
		    os.write(master, text)

		seen = b""
		def see(text):
		    global seen
		    while text not in seen:
		        seen += os.read(master, 1000)
		    seen = seen[seen.index(text) + len(text):]

		def ended(pid):
		    pid, status = os.waitpid(pid, 0)
		    return os.waitstatus_to_exitcode(status)

		def stopped(pid):
		    pid, status = os.waitpid(pid, os.WUNTRACED)
		    assert os.WIFSTOPPED(status), status
	END
	cat >>"$TMP/shell.py"
	python3 "$TMP/shell.py" "$BOX" 2>"$TMP/err" ||
		fail "$(cat "$TMP/err")"
}

testTheProgramHasTheTerminalAndGivesItBack() {
	terminal <<-'END'
		pid = job(["sh", "-c", "echo up; read line; echo got $line; exit 3"])
		see(b"up")
		assert os.tcgetpgrp(slave) not in (pid, os.getpgrp())
		type(b"words\n")
		see(b"got words")
		assert ended(pid) == 3
		assert os.tcgetpgrp(slave) == pid, "it came back to the job"
	END
}

testTheKeysReachTheProgram() {
	terminal <<-'END'
		pid = job(["sh", "-c", "echo up; exec cat"])
		see(b"up")
		type(b"\003")
		assert ended(pid) == 130
	END
}

testAShellSeesItStopAndContinues() {
	terminal <<-'END'
		pid = job(["sh", "-c", "echo up; exec cat"])
		see(b"up")
		for i in range(3):
		    type(b"\032")
		    stopped(pid)
		    os.tcsetpgrp(slave, os.getpgrp())
		    foreground(pid)
		    type(b"word%d\n" % i)
		    see(b"word%d\r\nword%d" % (i, i))
		type(b"\004")
		assert ended(pid) == 0
	END
}

testInTheBackgroundItLeavesTheTerminalAlone() {
	terminal <<-'END'
		os.tcsetpgrp(slave, os.getpgrp())
		pid = job(["sh", "-c", "echo up; exec cat"], front=False)
		see(b"up")
		stopped(pid)                    # cat reads from the background
		assert os.tcgetpgrp(slave) == os.getpgrp()
		foreground(pid)
		type(b"word\n\004")
		see(b"word\r\nword")
		assert ended(pid) == 0
	END
}

testWithoutAShellNoKeyStopsIt() {
	terminal <<-'END'
		os.tcsetpgrp(slave, os.getpgrp())
		if os.fork() != 0:              # the session's leader is the init
		    for fd in 0, 1, 2:
		        os.dup2(slave, fd)
		    os.execv(BOX, [BOX, "zombiewatch", "-r", "sh", "-c",
		        "echo up; exec cat"])
		see(b"up")
		for i in range(3):
		    type(b"\032word%d\n" % i)
		    see(b"word%d\r\nword%d" % (i, i))
		type(b"\004")
	END
}

. shunit2
