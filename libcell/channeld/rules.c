// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Rules of access. The first rule for what is asked, whose pattern the name fits, says
 * who may; without one the default does.
 */

#include "rules.h"

#if __STDC_HOSTED__
#include <stdio.h>
#include <string.h>
#define say(...)	printf(__VA_ARGS__)
#define complain(...)	fprintf(stderr, __VA_ARGS__)
#else
#include <inmate.h>
#define say(...)	printk(__VA_ARGS__)
#define complain(...)	printk(__VA_ARGS__)
#endif

#define MAX_RULES	256
#define MAX_WHO		IVSHMEM_MAX_PEERS
/* More than the longest that can be right. */
#define WORD		64
/* So many refusals are said in so much time. */
#define SAID		8
#define SAID_US		10000000

struct who {
	enum { ANY, ROOT, PEER, CELL } kind;
	u32 peer;
	char cell[RULES_CELL];
};

struct rule {
	bool uses[2];		/* to listen; to connect, and to see */
	char pattern[CHANNEL_NAME];
	unsigned int line;
	u32 num_who;
	struct who who[MAX_WHO];
};

static struct {
	const char *source;
	struct rule rules[MAX_RULES];
	u32 num_rules;
	unsigned int default_line;	/* 0: there is none */
	bool denies;			/* by default */
	struct rules_who places[IVSHMEM_MAX_PEERS];
	u32 num_places;
	bool ended;			/* a line says so */
} file;

/* Reading */

struct reader {
	const char *at, *end;
	unsigned int line;
	char word[WORD];
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool line_goes_on(const struct reader *r)
{
	return r->at < r->end && *r->at && *r->at != '\n';
}

/* The next word of the line, cut if it is too long for any; "": there is none. */
static const char *next_word(struct reader *r)
{
	u32 n = 0;

	while (line_goes_on(r) && is_blank(*r->at))
		r->at++;
	for (; line_goes_on(r) && !is_blank(*r->at) && *r->at != '#'; r->at++)
		if (n < WORD - 1)
			r->word[n++] = *r->at;
	r->word[n] = 0;
	return r->word;
}

static bool next_line(struct reader *r)
{
	while (line_goes_on(r))
		r->at++;
	if (r->at == r->end || !*r->at)
		return false;
	r->at++;
	r->line++;
	return true;
}

static u32 wrong(unsigned int line, const char *why, const char *what)
{
	complain("%s:%u: %s%s\n", file.source, line, why, what);
	return 1;
}

static bool is_pattern_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= '9') ||
	       c == '_' || c == '*';	/* "-./0123456789" */
}

static u32 read_pattern(struct rule *rule, const char *word)
{
	if (strlen(word) >= sizeof(rule->pattern))
		return wrong(rule->line, "a name has at most 31 characters: ", word);
	for (const char *c = word; *c; c++)
		if (!is_pattern_char(*c))
			return wrong(rule->line,
				     "a name has letters, digits and ._-/, and * for any: ", word);
	strcpy(rule->pattern, word);
	return 0;
}

static bool read_peer(const char *word, u32 *peer)
{
	const char *c = word;

	for (*peer = 0; *c >= '0' && *c <= '9' && *peer < IVSHMEM_MAX_PEERS; c++)
		*peer = *peer * 10 + (u32)(*c - '0');
	return c != word && !*c && *peer < IVSHMEM_MAX_PEERS;
}

static u32 read_who(unsigned int line, const char *word, struct who *who)
{
	*who = (struct who){ .kind = CELL };
	if (!strcmp(word, "any")) {
		who->kind = ANY;
	} else if (!strcmp(word, "root")) {
		who->kind = ROOT;
	} else if (!strncmp(word, "peer:", 5)) {
		who->kind = PEER;
		if (!read_peer(word + 5, &who->peer))
			return wrong(line, "no number of a peer, 0 to 11: ", word);
	} else if (strncmp(word, "cell:", 5) || !word[5]) {
		return wrong(line, "not any, root, peer:NUMBER or cell:NAME: ", word);
	} else if (strlen(word + 5) >= sizeof(who->cell)) {
		return wrong(line, "a cell's name has at most 31 characters: ", word);
	} else {
		strcpy(who->cell, word + 5);
	}
	return 0;
}

static u32 add_who(struct rule *rule, const char *word)
{
	struct who who;

	if (rule->num_who == MAX_WHO)
		return wrong(rule->line, "more than there can be on a link, the last one is ",
			     word);
	if (read_who(rule->line, word, &who))
		return 1;
	rule->who[rule->num_who++] = who;
	return 0;
}

static u32 read_place(struct reader *r)
{
	struct rules_who *place;
	struct who who;
	u32 peer;

	if (!read_peer(next_word(r), &peer))
		return wrong(r->line, "no number of a peer, 0 to 11: ", r->word);
	if (read_who(r->line, next_word(r), &who))
		return 1;
	if (who.kind != ROOT && who.kind != CELL)
		return wrong(r->line, "a peer is root or cell:NAME, not ", r->word);
	if (*next_word(r))
		return wrong(r->line, "a peer is one only, and not ", r->word);
	place = &file.places[peer];
	if (place->root || place->cell[0])
		return wrong(r->line, "who this peer is, is said twice", "");
	place->root = who.kind == ROOT;
	strcpy(place->cell, who.cell);
	file.num_places++;
	return 0;
}

static u32 read_end(struct reader *r)
{
	file.ended = true;
	return *next_word(r) ? wrong(r->line, "nothing is behind end, but: ", r->word) : 0;
}

static u32 read_default(struct reader *r)
{
	bool denies, known;

	if (file.default_line)
		return wrong(r->line, "the default is said twice", "");
	denies = !strcmp(next_word(r), "deny");
	known = denies || !strcmp(r->word, "allow");
	if (!known || *next_word(r))
		return wrong(r->line, "the default is allow or deny", "");
	file.default_line = r->line;
	file.denies = denies;
	return 0;
}

static u32 read_rule(struct reader *r)
{
	bool private = !strcmp(r->word, "private");
	struct rule rule = {
		.line = r->line,
		.uses = { private || !strcmp(r->word, "listen"),
			  private || !strcmp(r->word, "connect") },
	};
	u32 bad;

	if (!rule.uses[0] && !rule.uses[1])
		return wrong(r->line, "not listen, connect, private, default, peer or end: ",
			     r->word);
	if (!*next_word(r))
		return wrong(r->line, "a name is missing", "");
	bad = read_pattern(&rule, r->word);
	while (!bad && *next_word(r))
		bad = add_who(&rule, r->word);
	if (bad)
		return bad;
	if (private && rule.num_who != 2)
		return wrong(r->line, "private is between two, such as cell:a cell:b", "");
	if (file.num_rules == MAX_RULES)
		return wrong(r->line, "more than 256 rules", "");
	file.rules[file.num_rules++] = rule;
	return 0;
}

static u32 read_line(struct reader *r)
{
	if (!*next_word(r))
		return 0;
	if (!strcmp(r->word, "default"))
		return read_default(r);
	if (!strcmp(r->word, "peer"))
		return read_place(r);
	return strcmp(r->word, "end") ? read_rule(r) : read_end(r);
}

static bool has_place(const struct who *who)
{
	const struct rules_who *place = file.places;

	for (; place < file.places + IVSHMEM_MAX_PEERS; place++)
		if (who->kind == ROOT ? place->root : !strcmp(place->cell, who->cell))
			return true;
	return false;
}

/* Everybody whom a rule names is some peer. */
static u32 check_places(void)
{
	u32 bad = 0;

	for (const struct rule *rule = file.rules; rule < file.rules + file.num_rules; rule++)
		for (const struct who *who = rule->who; who < rule->who + rule->num_who; who++)
			if ((who->kind == ROOT || who->kind == CELL) && !has_place(who))
				bad += wrong(rule->line, "no line \"peer\" says which one is ",
					     who->kind == ROOT ? "root" : who->cell);
	return bad;
}

static u32 read_text(const char *source, const char *text, size_t size, bool alone)
{
	struct reader r = { .at = text, .end = text + size, .line = 1 };
	u32 bad = 0;

	memset(&file, 0, sizeof(file));
	file.source = source;
	do
		bad += read_line(&r);
	while (!file.ended && next_line(&r));
	if (alone && !file.ended)
		bad += wrong(r.line, "the text is over, and no line says \"end\"", "");
	if (alone || file.num_places)
		bad += check_places();
	return bad;
}

u32 rules_read(const char *source, const char *text, size_t size)
{
	return read_text(source, text, size, false);
}

u32 rules_read_alone(const char *source, const char *text, size_t size)
{
	return read_text(source, text, size, true);
}

void rules_who(const struct channeld *d, u32 peer, struct rules_who *who)
{
	(void)d;
	*who = file.places[peer];
}

void rules_say(void)
{
	say("channeld: %s: %u rules; for all other names: %s\n", file.source, file.num_rules,
	    file.denies ? "nobody may" : "everybody may");
}

/* Asking */

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

static bool is_named(const struct rule *rule, const struct channeld *d, u32 peer,
		     rules_find *find)
{
	struct rules_who is = { 0 };
	bool known = false;

	for (const struct who *who = rule->who; who < rule->who + rule->num_who; who++) {
		if (who->kind == ANY || (who->kind == PEER && !d->one_system && who->peer == peer))
			return true;
		if (who->kind == PEER)
			continue;
		if (!known)
			find(d, peer, &is);
		known = true;
		/* the word for Linux is root, whatever its cell is called */
		if (who->kind == ROOT ? is.root : !is.root && !strcmp(who->cell, is.cell))
			return true;
	}
	return false;
}

/* Who is refused again and again does not fill a log. */
static void say_refused(const struct channeld *d, u32 peer, const char *name,
			enum channeld_use use, unsigned int line)
{
	u64 now = d->link->ops->now_us(d->link);
	static unsigned int count;
	static u64 since;

	if (now - since >= SAID_US) {
		if (count > SAID)
			complain("channeld: %u more were refused\n", count - SAID);
		since = now;
		count = 0;
	}
	if (++count <= SAID)
		complain("channeld: %s: peer %u may not %s \"%s\": %s:%u\n",
			 d->name ? d->name : "the link", peer,
			 use == CHANNELD_LISTEN ? "listen to" : "connect to", name, file.source,
			 line);
}

static bool decide(const struct channeld *d, u32 peer, const char *name, enum channeld_use use,
		   rules_find *find, unsigned int *line)
{
	for (const struct rule *rule = file.rules; rule < file.rules + file.num_rules; rule++)
		if (rule->uses[use != CHANNELD_LISTEN] && fits(rule->pattern, name)) {
			*line = rule->line;
			return is_named(rule, d, peer, find);
		}
	*line = file.default_line;
	return !file.denies;
}

bool rules_may(const struct channeld *d, u32 peer, const char *name, enum channeld_use use,
	       rules_find *find)
{
	unsigned int line;
	bool may = decide(d, peer, name, use, find, &line);

	if (!may && use != CHANNELD_SEE)
		say_refused(d, peer, name, use, line);
	return may;
}
