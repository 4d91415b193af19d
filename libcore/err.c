/* err - the only voice: warn and die; and the exit statuses. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "io.h"

const char *err_name = "echobox";
void (*err_sink)(const char *);
void (*err_last)(void);

void
vwarn(const char *format, va_list ap)
{
	int saved = errno;
	size_t n = strlen(format);
	FMT(f, 512);

	if (err_sink == NULL)
		fmt_add(&f, "%s: ", err_name);
	fmt_vadd(&f, format, ap);
	if (n > 0 && format[n - 1] == ':')
		fmt_add(&f, " %s", strerror(saved));
	if (err_sink != NULL) {
		err_sink(f.buf);
		errno = saved;
		return;
	}
	fmt_end(&f, "\n");
	io_write(STDERR_FILENO, f.buf, f.len);
	errno = saved;
}

void
warn(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vwarn(format, ap);
	va_end(ap);
}

void
err_exit(int status)
{
	if (ENABLE_UNDO && err_last != NULL)
		err_last();
	_exit(status);
}

void
die(int status, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vwarn(format, ap);
	va_end(ap);
	err_exit(status);
}
