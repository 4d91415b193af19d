/* model - the table of concurrency models. */
#include <stddef.h>
#include <string.h>

#include "model.h"

#define MODELS X(fork)

#define X(name) extern const struct model name##_model;
MODELS
#undef X

static const struct model *const models[] = {
#define X(name) &name##_model,
	MODELS
#undef X
	NULL,
};

const struct model *
model_find(const char *name)
{
	const struct model *const *m;

	for (m = models; *m != NULL; m++)
		if (strcmp((*m)->name, name) == 0)
			return *m;
	return NULL;
}
