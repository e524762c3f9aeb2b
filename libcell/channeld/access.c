// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Rules of access. The first rule for what is asked, whose pattern the name fits, says
 * who may; without one the default does.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access.h"

#define MAX_RULES	256
#define MAX_WHO		IVSHMEM_MAX_PEERS
#define CELL_NAME	32
#define LINE		512
#define BLANKS		" \t\r\n"
/* So many refusals are said in so many seconds. */
#define SAID		8
#define SAID_SECONDS	10

const char *access_cells = "/sys/devices/jailhouse/cells";

struct who {
	enum { ANY, ROOT, PEER, CELL } kind;
	u32 peer;
	char cell[CELL_NAME];
};

struct rule {
	bool uses[2];		/* to listen; to connect, and to see */
	char pattern[CHANNEL_NAME];
	unsigned int line;
	u32 num_who;
	struct who who[MAX_WHO];
};

static struct {
	const char *path;
	struct rule rules[MAX_RULES];
	u32 num_rules;
	unsigned int default_line;	/* 0: there is none */
	bool denies;			/* by default */
} file;

/* Reading */

static int wrong(unsigned int line, const char *why, const char *what)
{
	fprintf(stderr, "%s:%u: %s%s\n", file.path, line, why, what);
	return 1;
}

static int read_pattern(struct rule *rule, const char *word)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/*";

	if (strlen(word) >= sizeof(rule->pattern))
		return wrong(rule->line, "a name has at most 31 characters: ", word);
	if (word[strspn(word, chars)])
		return wrong(rule->line, "a name has letters, digits and ._-/, and * for any: ",
			     word);
	strcpy(rule->pattern, word);
	return 0;
}

static int read_who(struct rule *rule, const char *word)
{
	struct who who = { .kind = CELL };
	char *end;

	if (rule->num_who == MAX_WHO)
		return wrong(rule->line, "more than there can be on a link, the last one is ",
			     word);
	if (!strcmp(word, "any")) {
		who.kind = ANY;
	} else if (!strcmp(word, "root")) {
		who.kind = ROOT;
	} else if (!strncmp(word, "peer:", 5)) {
		who.kind = PEER;
		who.peer = (u32)strtoul(word + 5, &end, 10);
		if (!word[5] || *end || who.peer >= IVSHMEM_MAX_PEERS)
			return wrong(rule->line, "no number of a peer, 0 to 11: ", word);
	} else if (strncmp(word, "cell:", 5) || !word[5]) {
		return wrong(rule->line, "not any, root, peer:NUMBER or cell:NAME: ", word);
	} else if (strlen(word + 5) >= sizeof(who.cell)) {
		return wrong(rule->line, "a cell's name has at most 31 characters: ", word);
	} else {
		strcpy(who.cell, word + 5);
	}
	rule->who[rule->num_who++] = who;
	return 0;
}

static int read_default(unsigned int line, char **rest)
{
	const char *word = strtok_r(NULL, BLANKS, rest);

	if (file.default_line)
		return wrong(line, "the default is said twice", "");
	if (!word || (strcmp(word, "allow") && strcmp(word, "deny")) ||
	    strtok_r(NULL, BLANKS, rest))
		return wrong(line, "the default is allow or deny", "");
	file.default_line = line;
	file.denies = !strcmp(word, "deny");
	return 0;
}

static int read_rule(unsigned int line, const char *word, char **rest)
{
	bool private = !strcmp(word, "private");
	struct rule rule = {
		.line = line,
		.uses = { private || !strcmp(word, "listen"), private || !strcmp(word, "connect") },
	};
	int bad;

	if (!rule.uses[0] && !rule.uses[1])
		return wrong(line, "not listen, connect, private or default: ", word);
	word = strtok_r(NULL, BLANKS, rest);
	if (!word)
		return wrong(line, "a name is missing", "");
	bad = read_pattern(&rule, word);
	while (!bad && (word = strtok_r(NULL, BLANKS, rest)))
		bad = read_who(&rule, word);
	if (bad)
		return bad;
	if (private && rule.num_who != 2)
		return wrong(line, "private is between two, such as cell:a cell:b", "");
	if (file.num_rules == MAX_RULES)
		return wrong(line, "more than 256 rules", "");
	file.rules[file.num_rules++] = rule;
	return 0;
}

static int read_line(unsigned int number, char *line)
{
	char *rest, *word;

	if (!strchr(line, '\n') && strlen(line) == LINE - 1)
		return wrong(number, "the line is too long", "");
	line[strcspn(line, "#")] = 0;
	word = strtok_r(line, BLANKS, &rest);
	if (!word)
		return 0;
	return strcmp(word, "default") ? read_rule(number, word, &rest) :
					 read_default(number, &rest);
}

int access_read(const char *path)
{
	FILE *from = fopen(path, "re");
	unsigned int number = 0;
	char line[LINE];
	int bad = 0;

	memset(&file, 0, sizeof(file));
	file.path = path;
	if (!from) {
		fprintf(stderr, "channeld: cannot read %s: %s\n", path, strerror(errno));
		return 1;
	}
	while (fgets(line, sizeof(line), from))
		bad += read_line(++number, line);
	if (ferror(from)) {
		fprintf(stderr, "channeld: cannot read %s: %s\n", path, strerror(errno));
		bad++;
	}
	fclose(from);
	return bad;
}

void access_say(const char *path)
{
	printf("channeld: %s: %u rules; for all other names: %s\n", path, file.num_rules,
	       file.denies ? "nobody may" : "everybody may");
}

/* Asking */

/* The line of a cell's file "links" that is about this peer. */
static bool has_place(const char *cell, const char *link, u32 peer)
{
	char path[512], line[128], name[32];
	bool found = false;
	unsigned int number;
	FILE *links;

	snprintf(path, sizeof(path), "%s/%s/links", access_cells, cell);
	links = fopen(path, "re");
	while (links && !found && fgets(line, sizeof(line), links))
		found = sscanf(line, "%31s peer %u", name, &number) == 2 && number == peer &&
			!strcmp(name, link);
	if (links)
		fclose(links);
	return found;
}

/* Which cell a peer is, now: it is read each time, as cells come and go. */
static void read_cell(const char *link, u32 peer, char name[CELL_NAME])
{
	DIR *cells = opendir(access_cells);
	struct dirent *cell;
	char path[512];
	FILE *from;

	name[0] = 0;
	while (cells && !name[0] && (cell = readdir(cells))) {
		if (cell->d_name[0] == '.' || !has_place(cell->d_name, link, peer))
			continue;
		snprintf(path, sizeof(path), "%s/%s/name", access_cells, cell->d_name);
		from = fopen(path, "re");
		if (from && fgets(name, CELL_NAME, from))
			name[strcspn(name, "\n")] = 0;
		if (from)
			fclose(from);
	}
	if (cells)
		closedir(cells);
}

/* A * stands for any text; no name takes more than all pairs of characters to look at. */
static bool fits(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool is_root(const struct channeld *d, u32 peer)
{
	return d->one_system || peer == d->link->id;
}

static bool is_named(const struct rule *rule, const struct channeld *d, u32 peer)
{
	char cell[CELL_NAME] = "";
	bool known = false;

	for (const struct who *who = rule->who; who < rule->who + rule->num_who; who++) {
		if (who->kind == ANY || (who->kind == ROOT && is_root(d, peer)) ||
		    (who->kind == PEER && !d->one_system && who->peer == peer))
			return true;
		if (who->kind != CELL || is_root(d, peer))
			continue;
		if (!known)
			read_cell(d->name, peer, cell);
		known = true;
		if (!strcmp(who->cell, cell))
			return true;
	}
	return false;
}

/* Who is refused again and again does not fill a log. */
static void say_refused(const struct channeld *d, u32 peer, const char *name,
			enum channeld_use use, unsigned int line)
{
	static time_t since;
	static unsigned int count;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - since >= SAID_SECONDS) {
		if (count > SAID)
			fprintf(stderr, "channeld: %u more were refused\n", count - SAID);
		since = now.tv_sec;
		count = 0;
	}
	if (++count <= SAID)
		fprintf(stderr, "channeld: %s: peer %u may not %s \"%s\": %s:%u\n", d->name, peer,
			use == CHANNELD_LISTEN ? "listen to" : "connect to", name, file.path, line);
}

static bool decide(const struct channeld *d, u32 peer, const char *name, enum channeld_use use,
		   unsigned int *line)
{
	for (const struct rule *rule = file.rules; rule < file.rules + file.num_rules; rule++)
		if (rule->uses[use != CHANNELD_LISTEN] && fits(rule->pattern, name)) {
			*line = rule->line;
			return is_named(rule, d, peer);
		}
	*line = file.default_line;
	return !file.denies;
}

bool access_may(const struct channeld *d, u32 peer, const char *name, enum channeld_use use)
{
	unsigned int line;
	bool may = decide(d, peer, name, use, &line);

	if (!may && use != CHANNELD_SEE)
		say_refused(d, peer, name, use, line);
	return may;
}
