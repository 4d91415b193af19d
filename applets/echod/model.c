/* model - the table of concurrency models. */
#include <stddef.h>
#include <string.h>

#include "echod.h"
#include "fmt.h"
#include "model.h"

/* A further model is a file with its NAME_model, and a row here. */
extern const struct model single_model, prefork_model,
    thread_model, event_model;

static const struct model *const models[] = {
	&fork_model,
#if ENABLE_ECHOD_MODELS
	&single_model,
	&prefork_model,
#endif
#if ENABLE_ECHOD_THREAD
	&thread_model,
#endif
#if ENABLE_ECHOD_EVENT
	&event_model,
#endif
};
enum { MODELS = sizeof models / sizeof *models };

const struct model *
model_find(const char *name)
{
	int i;

	for (i = 0; i < MODELS; i++)
		if (strcmp(models[i]->name, name) == 0)
			return models[i];
	return NULL;
}

void
model_names(struct fmt *f)
{
	int i;

	for (i = 0; i < MODELS; i++)
		fmt_add(f, " %s", models[i]->name);
}
