/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"
#include "show/picture.h"

#define CONVERTER	"rsvg-convert"
#define NOT_FOUND	127	/* as the shell says it */

/* Nothing half written is left. */
static int finish(const char *path, int error)
{
	if (!error)
		return EXIT_DONE;
	unlink(path);
	return refused("cannot write '%s': %s", path, strerror(error));
}

int picture_write_svg(const char *path, picture_draw *draw, const void *what)
{
	FILE *file = fopen(path, "we");
	int error;

	if (!file)
		return refused("cannot write '%s': %s", path, strerror(errno));
	draw(file, what);
	error = ferror(file) ? EIO : 0;
	if (fclose(file) && !error)
		error = errno;
	return finish(path, error);
}

/* In the child: the converter, with the picture on its standard input. */
static void convert(int input, const char *path)
{
	dup2(input, STDIN_FILENO);
	execlp(CONVERTER, CONVERTER, "-o", path, (char *)NULL);
	_exit(NOT_FOUND);
}

static int no_converter(const char *path)
{
	return refused("cannot make '%s': the program %s is not here (Debian's package librsvg2-bin); --svg needs no program",
		       path, CONVERTER);
}

int picture_check_png(const char *path)
{
	const char *folder = getenv("PATH");
	char name[4096];
	int length;

	for (; folder && *folder; folder += length + (folder[length] == ':')) {
		length = (int)strcspn(folder, ":");
		snprintf(name, sizeof(name), "%.*s/" CONVERTER, length, folder);
		if (!access(name, X_OK))
			return EXIT_DONE;
	}
	return no_converter(path);
}

static int wait_for(pid_t child, const char *path)
{
	int status;

	if (waitpid(child, &status, 0) < 0)
		return finish(path, errno);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return no_converter(path);
	if (status) {
		unlink(path);
		return refused("cannot make '%s': %s failed", path, CONVERTER);
	}
	return EXIT_DONE;
}

int picture_write_png(const char *path, picture_draw *draw, const void *what)
{
	int ends[2];
	FILE *file;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return refused("cannot make '%s': %s", path, strerror(errno));
	child = fork();
	if (child < 0)
		return refused("cannot make '%s': %s", path, strerror(errno));
	if (!child)
		convert(ends[0], path);
	close(ends[0]);
	/* a converter that ends early says so by its status */
	signal(SIGPIPE, SIG_IGN);
	file = fdopen(ends[1], "w");
	if (file) {
		draw(file, what);
		fclose(file);
	} else {
		close(ends[1]);
	}
	signal(SIGPIPE, SIG_DFL);
	return wait_for(child, path);
}

void picture_begin(FILE *out, unsigned int width, unsigned int height)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" ",
		width, height);
	fputs("font-family=\"sans-serif\" font-size=\"12\">\n"
	      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n", out);
}

void picture_text(FILE *out, double x, double y, const char *anchor, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y,
		anchor);
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
	fputs("</text>\n", out);
}

void picture_line(FILE *out, double x1, double y1, double x2, double y2)
{
	fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n",
		x1, y1, x2, y2);
}
