/* libc_text - functions of text, short ones rather than fast ones. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The C library's, a word at a time, are each as big as all of these.  We
 * look at names, numbers and lines of /proc with them; what is hot, memcpy
 * and memset, stays its own.  Under glibc all does.
 */
#ifndef __GLIBC__

size_t
strlen(const char *s)
{
	const char *end = s;

	while (*end != '\0')
		end++;
	return end - s;
}

size_t
strnlen(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] != '\0')
		i++;
	return i;
}

void *
memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n > 0; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

char *
strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (*s == '\0')
			return NULL;
	}
}

size_t
strspn(const char *s, const char *set)
{
	const char *p = s;

	while (*p != '\0' && strchr(set, *p) != NULL)
		p++;
	return p - s;
}

size_t
strcspn(const char *s, const char *set)
{
	const char *p = s;

	while (strchr(set, *p) == NULL)	/* the end is in each set */
		p++;
	return p - s;
}

int
strcmp(const char *a, const char *b)
{
	for (; *a == *b && *a != '\0'; a++)
		b++;
	return (unsigned char)*a - (unsigned char)*b;
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++)
		if (*a != *b || *a == '\0')
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

char *
strstr(const char *s, const char *word)
{
	size_t n = strlen(word);

	for (; strncmp(s, word, n) != 0; s++)
		if (*s == '\0')
			return NULL;
	return (char *)s;
}

/* The place is filled with zeros, and not terminated if the text is too
 * long. */
char *
strncpy(char *restrict to, const char *restrict from, size_t n)
{
	size_t len = strnlen(from, n);

	memset(to + len, 0, n - len);
	return memcpy(to, from, len);
}

char *
getenv(const char *name)
{
	size_t n = strlen(name);
	char **p;

	for (p = environ; p != NULL && *p != NULL; p++)
		if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
			return *p + n + 1;
	return NULL;
}

#endif
