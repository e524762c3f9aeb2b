// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Rules of channeld, and who the driver says that a peer is. */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../channeld/access.h"
#include "../channeld/rules.h"
#include "world.h"

static char folder[64];
static u64 now_us(struct libcell_link *link)
{
	return link->max_peers;
}

static const struct libcell_ops ops = { .now_us = now_us };
static struct libcell_link place = { .ops = &ops, .id = 0, .max_peers = 4 };
static const struct channeld manager = { .link = &place, .name = "0001:00:00.0" };
static const struct channeld local = { .link = &place, .name = "local", .one_system = true };

static void write_text(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	EXPECT(file && fputs(text, file) >= 0 && !fclose(file));
}

static void add_cell(const char *id, const char *name, const char *links)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, id);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/name", id);
	write_text(path, name);
	snprintf(path, sizeof(path), "%s/links", id);
	write_text(path, links);
}

static void rules(const char *text)
{
	static char path[128];

	write_text("rules", text);
	snprintf(path, sizeof(path), "%s/rules", folder);
	EXPECT_EQ(access_read(path), 0);
}

/* May peers 0 to 3 do so? As digits. */
static const char *who_may(const char *name, enum channeld_use use)
{
	static char text[8];

	for (u32 peer = 0; peer < 4; peer++)
		text[peer] = access_may(&manager, peer, name, use) ? (char)('0' + peer) : '-';
	return text;
}

static void expect(const char *name, const char *listen, const char *connect)
{
	EXPECT(!strcmp(who_may(name, CHANNELD_LISTEN), listen));
	EXPECT(!strcmp(who_may(name, CHANNELD_CONNECT), connect));
	EXPECT(!strcmp(who_may(name, CHANNELD_SEE), connect));
}

static void the_first_rule_that_fits_counts(void)
{
	rules("listen sensors/* peer:1\nlisten sensors/2 peer:2\nconnect *s/* peer:2 peer:3\n");
	expect("sensors/2", "-1--", "--23");
	expect("sensors", "0123", "0123");
	expect("s/", "0123", "--23");
	rules("default deny\nconnect a*b*c any\n");
	expect("abc", "----", "0123");
	expect("axxbxbxc", "----", "0123");
	expect("axxbxbx", "----", "----");
	expect("acb", "----", "----");
	rules("listen x\n");
	expect("x", "----", "0123");
	rules("default allow\n");
	expect("x", "0123", "0123");
}

static void cells_are_known_by_their_links(void)
{
	add_cell("0", "root\n", "0001:00:00.0 peer 0 of 4\n");
	add_cell("1", "one\n", "0001:00:07.0 peer 2 of 3\n0001:00:00.0 peer 1 of 4\n");
	add_cell("4", "two\n", "0001:00:00.0 peer 2 of 4\n");
	rules("private pair cell:one cell:two\nlisten mine root\nlisten that cell:root\n");
	expect("pair", "-12-", "-12-");
	expect("mine", "0---", "0123");
	/* the word for Linux is root, whatever its cell is called */
	expect("that", "----", "0123");
	/* another cell in its place */
	add_cell("4", "three\n", "0001:00:00.0 peer 2 of 4\n");
	expect("pair", "-1--", "-1--");
	add_cell("4", "two\n", "0001:00:00.0 peer 3 of 4\n");
	expect("pair", "-1-3", "-1-3");
}

static void programs_are_root(void)
{
	rules("listen x peer:3\nlisten y root\nlisten z cell:one\n");
	EXPECT(!access_may(&local, 3, "x", CHANNELD_LISTEN));
	EXPECT(access_may(&local, 3, "y", CHANNELD_LISTEN));
	EXPECT(!access_may(&local, 1, "z", CHANNELD_LISTEN));
}

/* As a manager in a cell reads them: with what was in memory before behind them. */
static u32 alone(const char *text)
{
	char memory[512];

	memset(memory, 'x', sizeof(memory));
	memcpy(memory, text, strlen(text));
	return rules_read_alone("rules", memory, sizeof(memory));
}

static bool may_alone(u32 peer, const char *name)
{
	return rules_may(&manager, peer, name, CHANNELD_CONNECT, rules_who);
}

static void a_manager_in_a_cell_knows_peers_by_lines(void)
{
	EXPECT_EQ(alone("peer 0 root\npeer 2 cell:one\nconnect x root cell:one\n"
			"connect y peer:3\ndefault deny\nend\n"), 0);
	EXPECT(may_alone(0, "x") && !may_alone(1, "x") && may_alone(2, "x") && !may_alone(3, "x"));
	EXPECT(!may_alone(2, "y") && may_alone(3, "y"));
	EXPECT(!may_alone(0, "z"));
	/* nobody knows them, or where they end */
	EXPECT_EQ(alone("peer 1 cell:two\nconnect x cell:one cell:two\nlisten x root\nend"), 4);
	EXPECT_EQ(alone("peer 1 cell:two\nconnect x cell:one cell:two\nlisten x root\nend\n"), 2);
	EXPECT_EQ(alone("default deny\n"), 2);
	EXPECT_EQ(rules_read_alone("rules", "default deny", 13), 1);
	EXPECT_EQ(rules_read_alone("rules", "default deny\nend", 17), 0);
}

/* The worst pattern and the worst name: this would never end if each * tried all. */
static void no_name_takes_long(void)
{
	rules("connect *a*a*a*a*a*a*a*a*a*a*a*a*a*ab any\n");
	expect("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0123", "0123");
	rules("default deny\nconnect *a*a*a*a*a*a*a*a*a*a*a*a*a*ab any\n");
	expect("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "----", "----");
}

static const struct test tests[] = {
	TEST(the_first_rule_that_fits_counts),
	TEST(cells_are_known_by_their_links),
	TEST(programs_are_root),
	TEST(a_manager_in_a_cell_knows_peers_by_lines),
	TEST(no_name_takes_long),
};

int main(void)
{
	char command[96];
	int ret;

	snprintf(folder, sizeof(folder), "/tmp/channeld-access-%d", (int)getpid());
	mkdir(folder, 0700);
	access_cells = folder;
	ret = tests_run(tests, ARRAY_SIZE(tests));
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : ret;
}
