// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The command line of the daemon. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include <libcell/relay.h>

#include "access.h"
#include "options.h"
#include "rules.h"

static const char usage_line[] =
	"usage: channeld [--socket PATH] [--access FILE] [--manager PEER] [LINK]...\n"
	"       channeld --local --socket PATH [--access FILE]\n"
	"       channeld --check FILE\n";

static const char help[] =
	"Bring programs that listen to names and those that ask for them together.\n"
	"\n"
	"  LINK            a link of this Linux, as \"jailhouse shmem list\" has it; up to\n"
	"                  4 of them (default: the only one there is)\n"
	"  --socket PATH   let programs of this Linux share its places on the links:\n"
	"                  what they open is this socket\n"
	"  --access FILE   rules: who may listen and connect to which names\n"
	"  --check FILE    look for mistakes in such a file, and end\n"
	"  --manager PEER  another peer manages the link: share only the place on it\n"
	"  --local         no link: channels between programs of this Linux\n"
	"  --help          this text\n"
	"  --version       print the version\n"
	"\n"
	"Runs in the foreground until SIGTERM or SIGINT. Exit status: 0 asked to end,\n"
	"1 a link, the socket or FILE cannot be used, 2 wrong command line.\n"
	"See channeld(8).\n";

static int wrong(const char *what, const char *which)
{
	fprintf(stderr, "channeld: %s%s\nTry 'channeld --help'.\n", what, which);
	return STATUS_USAGE;
}

static int take(struct options *options, int c)
{
	char *end;

	switch (c) {
	case 's':
		options->socket = optarg;
		break;
	case 'm':
		options->manager = strtol(optarg, &end, 10);
		if (*end || end == optarg || options->manager < 0 ||
		    options->manager >= IVSHMEM_MAX_PEERS)
			return wrong("--manager wants the number of a peer, not ", optarg);
		break;
	case 'a':
		options->access = optarg;
		break;
	case 'c':
		if (access_read(optarg))
			return STATUS_FAILED;
		rules_say();
		return STATUS_DONE;
	case 'l':
		options->local = true;
		break;
	case 'h':
		printf("%s%s", usage_line, help);
		return STATUS_DONE;
	case 'v':
		printf("channeld (Cellblock) %s\n", CELLBLOCK_VERSION);
		return STATUS_DONE;
	}
	return STATUS_GO_ON;
}

/* What each word may say by itself, and all together may not. */
static int check(const struct options *options)
{
	if (options->socket && options->socket[0] != '/')
		return wrong("the path of the socket begins with /, and this does not: ",
			     options->socket);
	if (options->socket &&
	    strlen(options->socket) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return wrong("the path of the socket is too long: ", options->socket);
	if (options->local && !options->socket)
		return wrong("--local is for programs of this Linux, who need a --socket", "");
	if (options->local && (options->num_links || options->manager >= 0))
		return wrong("with --local there is neither a LINK nor its --manager", "");
	if (options->manager >= 0 && !options->socket)
		return wrong("with --manager there is nothing to do without a --socket", "");
	if (options->manager >= 0 && options->access)
		return wrong("with --manager that peer has the rules, not --access", "");
	if (options->manager >= 0 && options->num_links > 1)
		return wrong("with --manager there is one LINK: several have to be managed here",
			     "");
	if (options->num_links > RELAY_LINKS)
		return wrong("more than 4 links, the last one is ",
			     options->links[options->num_links - 1]);
	for (u32 n = 0; n < options->num_links; n++)
		for (u32 other = 0; other < n; other++)
			if (!strcmp(options->links[n], options->links[other]))
				return wrong("twice the same link: ", options->links[n]);
	return STATUS_GO_ON;
}

int options_read(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "access", required_argument, NULL, 'a' },
		{ "check", required_argument, NULL, 'c' },
		{ "manager", required_argument, NULL, 'm' },
		{ "local", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int c, status = STATUS_GO_ON;

	*options = (struct options){ .manager = -1 };
	opterr = 0;
	while (status == STATUS_GO_ON && (c = getopt_long(argc, argv, ":h", names, NULL)) >= 0) {
		if (c == '?')
			return wrong("no such option, or one with an argument too many: ",
				     argv[optind - 1]);
		if (c == ':')
			return wrong("an argument is missing after ", argv[optind - 1]);
		status = take(options, c);
	}
	options->links = argv + optind;
	options->num_links = (u32)(argc - optind);
	return status == STATUS_GO_ON ? check(options) : status;
}
