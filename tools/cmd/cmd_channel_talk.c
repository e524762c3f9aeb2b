/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse channel cat and send: a shell at one end of a channel. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels.h"
#include "command.h"
#include "message.h"

/* Half of our window, and hardly less than that of others. */
#define LONGEST		(CHANNELS_WINDOW / 2 * CHANNEL_BLOCK)

struct talk {
	struct channels_place place;
	const char *name;
	const char *text;	/* NULL: the lines of stdin */
	bool wait;		/* for somebody to listen */
	bool listen;
	bool answer;		/* to each message */
	bool raw;
	unsigned int count;	/* of messages, 0: until the other side closes */
	unsigned int timeout;	/* seconds */
};

static struct channels channels;

static u64 patience(const struct talk *talk)
{
	return (u64)talk->timeout * 1000000;
}

static int connect_to(const struct talk *talk, struct channel **c)
{
	int ret = channel_connect(&channels.service, talk->name, CHANNELS_WINDOW, talk->wait, c);

	return ret ? ret : channel_await(*c, talk->wait ? LIBCELL_FOREVER : patience(talk));
}

static int accept_one(const struct talk *talk, struct channel **c)
{
	struct channel *listener;
	int ret = channel_listen(&channels.service, talk->name, 1, &listener);

	if (!ret)
		ret = channel_await(listener, patience(talk));
	return ret ? ret : channel_accept(listener, CHANNELS_WINDOW, LIBCELL_FOREVER, c);
}

static void print(const char *message, size_t length, bool raw)
{
	fwrite(message, 1, length, stdout);
	if (!raw && (!length || message[length - 1] != '\n'))
		putchar('\n');
	fflush(stdout);
}

static int receive(const struct talk *talk, struct channel *c, u64 timeout_us)
{
	static char message[CHANNELS_WINDOW * CHANNEL_BLOCK];
	int ret = channel_receive(c, message, sizeof(message), timeout_us);

	if (ret < 0)
		return ret;
	print(message, (size_t)ret, talk->raw);
	return 0;
}

static int cat(const struct talk *talk)
{
	struct channel *c;
	int ret = talk->listen ? accept_one(talk, &c) : connect_to(talk, &c);

	for (unsigned int n = 0; !ret && !ferror(stdout) && (!talk->count || n < talk->count); n++)
		ret = receive(talk, c, LIBCELL_FOREVER);
	if (!ret)
		channel_close(c);
	/* that is how it ends */
	return ret == -EPIPE && !talk->count ? 0 : ret;
}

static int say(const struct talk *talk, struct channel *c, const char *text, size_t length)
{
	int ret = length > LONGEST ? -EMSGSIZE :
		  channel_send(c, text, (u32)length, patience(talk));

	return ret || !talk->answer ? ret : receive(talk, c, patience(talk));
}

/* Until there is input; the manager and the other side have answers meanwhile. */
static int wait_for_input(void)
{
	struct libcell_link *link = &channels.device.link;
	struct pollfd fds[] = {
		{ .fd = 0, .events = POLLIN },
		{ .fd = libcell_fd(&channels.device), .events = POLLIN },
	};
	int ret = 0;

	while (!fds[0].revents && (!ret || ret == -ETIMEDOUT)) {
		if (channel_poll(&channels.service) || !channel_arm(&channels.service))
			continue;
		poll(fds, ARRAY_SIZE(fds), -1);
		ret = libcell_wait(link, libcell_events(link), 0);
	}
	return ret == -ETIMEDOUT ? 0 : ret;
}

static int say_lines(const struct talk *talk, struct channel *c)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int ret = 0;

	/* what is read and not used yet would be seen by nobody */
	setvbuf(stdin, NULL, _IONBF, 0);
	while (!ret && !(ret = wait_for_input()) && (length = getline(&line, &room, stdin)) >= 0) {
		length -= length && line[length - 1] == '\n';
		ret = say(talk, c, line, (size_t)length);
	}
	free(line);
	return ret;
}

static int say_all(const struct talk *talk)
{
	struct channel *c;
	int ret = connect_to(talk, &c);

	if (!ret)
		ret = talk->text ? say(talk, c, talk->text, strlen(talk->text)) :
				   say_lines(talk, c);
	if (!ret)
		channel_close(c);
	return ret;
}

static int run(struct talk *talk, int (*what)(const struct talk *))
{
	int ret = channels_open(&channels, &talk->place);

	if (ret)
		return ret;
	ret = what(talk);
	if (ret)
		ret = channels_refused(talk->name, ret);
	channels_close(&channels);
	return ret;
}

static int run_cat(int argc, char **argv)
{
	struct talk talk = { .timeout = 5 };
	const struct known_option known[] = {
		CHANNELS_PLACE_OPTIONS(&talk.place),
		OPTION_FLAG('w', "wait", &talk.wait),
		OPTION_FLAG(0, "listen", &talk.listen),
		OPTION_FLAG('r', "raw", &talk.raw),
		OPTION_NUMBER('n', "count", &talk.count, 1, INT32_MAX),
		OPTION_NUMBER('t', "timeout", &talk.timeout, 1, 86400),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_only_operand(argc, argv, "name", &talk.name);
	return ret ? ret : run(&talk, cat);
}

static int run_send(int argc, char **argv)
{
	struct talk talk = { .timeout = 5 };
	const struct known_option known[] = {
		CHANNELS_PLACE_OPTIONS(&talk.place),
		OPTION_FLAG('w', "wait", &talk.wait),
		OPTION_FLAG('a', "answer", &talk.answer),
		OPTION_FLAG('r', "raw", &talk.raw),
		OPTION_NUMBER('t', "timeout", &talk.timeout, 1, 86400),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_next_operand(argc, argv, "name", &talk.name);
	if (!ret && options_more(argc))
		ret = options_next_operand(argc, argv, "text", &talk.text);
	if (!ret)
		ret = options_no_operands(argc, argv);
	return ret ? ret : run(&talk, say_all);
}

#define TALK_HELP							\
	"  -w, --wait           for somebody to listen, if nobody does\n"	\
	"  -r, --raw            no end of line after what comes\n"	\
	"  -t, --timeout SECS   how long the other side may take (5)\n"

const struct command cmd_channel_cat = {
	.name = "cat",
	.synopsis = "NAME " CHANNELS_PLACE_SYNOPSIS " [--listen] [-w] [-r] [-n COUNT] [-t SECS]",
	.summary = "Print what comes by a channel to a name",
	.help =
	"  NAME                 who listens to this name is asked for a channel\n"
	CHANNELS_PLACE_HELP
	"  --listen             listen to the name instead, and take the first channel\n"
	TALK_HELP
	"  -n, --count COUNT    end after so many messages, not when the other side does\n",
	.run = run_cat,
};

const struct command cmd_channel_send = {
	.name = "send",
	.synopsis = "NAME [TEXT] " CHANNELS_PLACE_SYNOPSIS " [-a] [-w] [-r] [-t SECS]",
	.summary = "Send a text, or lines of the input, to who listens to a name",
	.help =
	"  NAME                 who listens to this name is asked for a channel\n"
	"  TEXT                 one message; default: each line of the input is one\n"
	CHANNELS_PLACE_HELP
	"  -a, --answer         print an answer to each message\n"
	TALK_HELP,
	.run = run_send,
};
