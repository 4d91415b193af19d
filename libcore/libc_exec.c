/* libc_exec - a program searched for in PATH. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"

#ifndef __GLIBC__	/* see libc_calls.c */

/* An empty place in PATH is the working directory. */
int
execvpe(const char *name, char *const *argv, char *const *env)
{
	const char *path = getenv("PATH"), *end;
	int error = ENOENT;

	if (*name == '\0' || strchr(name, '/') != NULL)
		return execve(name, argv, env);
	if (path == NULL)
		path = "/usr/local/bin:/bin:/usr/bin";
	for (;; path = end + 1) {
		FMT(file, PATH_MAX);

		end = path + strcspn(path, ":");
		fmt_add(&file, "%.*s/%s", (int)(end - path), path, name);
		errno = ENOENT;
		if (!file.cut)
			execve(file.buf + (end == path), argv, env);
		/* A place that is closed to us does not end the search. */
		if (errno == EACCES)
			error = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
		if (*end == '\0')
			break;
	}
	errno = error;
	return -1;
}

int
execvp(const char *name, char *const *argv)
{
	return execvpe(name, argv, environ);
}

#endif
