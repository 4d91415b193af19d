/* libc_errors - strerror(3): the texts of errors that we can meet. */
#include <errno.h>
#include <string.h>

#include "err.h"
#include "fmt.h"

#ifndef __GLIBC__	/* see libc_calls.c */

#define ERRORS                                                                 \
	X(EPERM, "Operation not permitted")                                    \
	X(ENOENT, "No such file or directory")                                 \
	X(ESRCH, "No such process")                                            \
	X(EBADF, "Bad file descriptor")                                        \
	X(ENOMEM, "Out of memory")                                             \
	X(EACCES, "Permission denied")                                         \
	X(ENODEV, "No such device")                                            \
	X(ENOTDIR, "Not a directory")                                          \
	X(EINVAL, "Invalid argument")                                          \
	X(EMFILE, "No file descriptors available")                             \
	X(ENOSPC, "No space left on device")                                   \
	X(EPIPE, "Broken pipe")                                                \
	X(ENAMETOOLONG, "Filename too long")                                   \
	X(EAFNOSUPPORT, "Address family not supported by protocol")            \
	X(EADDRINUSE, "Address in use")                                        \
	X(EADDRNOTAVAIL, "Address not available")                              \
	X(ENETUNREACH, "Network unreachable")                                  \
	X(EHOSTUNREACH, "Host is unreachable")                                 \
	X(ECONNREFUSED, "Connection refused")                                  \
	X(ECONNRESET, "Connection reset by peer")                              \
	X(ETIMEDOUT, "Operation timed out")                                    \
	X(EAGAIN, "Resource temporarily unavailable")
#define RARE                                                                   \
	X(EIO, "I/O error")                                                    \
	X(EEXIST, "File exists")                                               \
	X(EISDIR, "Is a directory")                                            \
	X(ENOSYS, "Function not implemented")                                  \
	X(ENFILE, "Too many open files in system")                             \
	X(EINTR, "Interrupted system call")                                    \
	X(ENXIO, "No such device or address")                                  \
	X(E2BIG, "Argument list too long")                                     \
	X(ENOEXEC, "Exec format error")                                        \
	X(ECHILD, "No child process")                                          \
	X(EFAULT, "Bad address")                                               \
	X(EBUSY, "Resource busy")                                              \
	X(EXDEV, "Cross-device link")                                          \
	X(ENOTTY, "Not a tty")                                                 \
	X(ETXTBSY, "Text file busy")                                           \
	X(EFBIG, "File too large")                                             \
	X(EROFS, "Read-only file system")                                      \
	X(EMLINK, "Too many links")                                            \
	X(ERANGE, "Result not representable")                                  \
	X(ENOTEMPTY, "Directory not empty")                                    \
	X(ELOOP, "Symbolic link loop")                                         \
	X(EPROTO, "Protocol error")                                            \
	X(EOVERFLOW, "Value too large for data type")                          \
	X(EUSERS, "Too many users")                                            \
	X(ENOTSOCK, "Not a socket")                                            \
	X(EMSGSIZE, "Message too large")                                       \
	X(ENOPROTOOPT, "Protocol not available")                               \
	X(EPROTONOSUPPORT, "Protocol not supported")                           \
	X(EOPNOTSUPP, "Not supported")                                         \
	X(ENETDOWN, "Network is down")                                         \
	X(ECONNABORTED, "Connection aborted")                                  \
	X(ENOBUFS, "No buffer space available")                                \
	X(EISCONN, "Socket is connected")                                      \
	X(ENOTCONN, "Socket not connected")                                    \
	X(EHOSTDOWN, "Host is down")                                           \
	X(EDQUOT, "Quota exceeded")                                            \
	X(EUCLEAN, "Data consistency error")                                   \
	X(EKEYREJECTED, "Key was rejected by service")
#if !ENABLE_ERRORS
#undef RARE
#define RARE
#endif

/* Numbers differ between machines, so both lists are in one order. */
static const unsigned short numbers[] = {
#define X(number, text) number,
	ERRORS RARE 0
#undef X
};

static const char texts[] =
#define X(number, text) text "\0"
    ERRORS RARE;
#undef X

char *
strerror(int error)
{
	static char buf[16];
	struct fmt f = { buf, sizeof buf, 0, 0 };
	const char *text = texts;
	int i;

	for (i = 0; numbers[i] != 0; i++, text += strlen(text) + 1)
		if (numbers[i] == error)
			return (char *)text;
	fmt_add(&f, error == 0 ? "No error" : "error %d", error);
	return buf;
}

#endif
