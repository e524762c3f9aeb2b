// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "names.h"

int check_name(const char *name)
{
	if (!name || name[0] != '/' || !name[1])
		return EINVAL;
	return strlen(name) < NAME_SIZE ? 0 : ENAMETOOLONG;
}

static struct named *find(const struct names *names, const char *name)
{
	struct named *named = names->first;

	while (named && (named->unlinked || strcmp(named->name, name)))
		named = named->next;
	return named;
}

/* The last that had it open is gone, and the name, too. */
static void free_unused(struct names *names, struct named *named)
{
	struct named **at = &names->first;

	if (named->opens || !named->unlinked)
		return;
	while (*at != named)
		at = &(*at)->next;
	*at = named->next;
	names->free(named);
}

static int create(struct names *names, const char *name, const void *how,
		  struct named **created)
{
	int error = names->create(how, created);

	if (error)
		return error;
	**created = (struct named){ .next = names->first };
	memcpy((*created)->name, name, strlen(name) + 1);
	names->first = *created;
	return 0;
}

int names_open(struct names *names, const char *name, int flags, const void *how,
	       struct named **opened)
{
	int error = 0;

	*opened = find(names, name);
	if (*opened && (flags & O_CREAT) && (flags & O_EXCL))
		return EEXIST;
	if (!*opened)
		error = flags & O_CREAT ? create(names, name, how, opened) : ENOENT;
	if (!error)
		(*opened)->opens++;
	return error;
}

void names_close(struct names *names, struct named *named)
{
	named->opens--;
	free_unused(names, named);
}

int names_unlink(struct names *names, const char *name)
{
	int error = check_name(name);
	struct named *named;

	if (error)
		return error;
	posix_lock();
	named = find(names, name);
	if (named) {
		named->unlinked = true;
		free_unused(names, named);
	}
	posix_unlock();
	return named ? 0 : ENOENT;
}
