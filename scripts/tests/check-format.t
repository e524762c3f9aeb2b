#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# check-format.t: what scripts/check-format compares, and what it leaves alone.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

script=$(dirname "$0")/../check-format
file=$(mktemp --suffix=.c)
trap 'rm -f "$file"' EXIT

# said WHAT [EXPECTED]: what is said of the text on standard input, without the name of the file
said()
{
	cat >"$file"
	is "$("$script" "$file" | sed "s,^$file:,,")" "${2:-}" "$1"
}

said "what is left alone" <<'END'
#define ROW	"x" "y"
#define TWICE(x)  do { x; x; } while (0)

struct place {
	int first;		/* of them */
	const char *const *name;
	unsigned int bit:1;
};

static int broken(int a,
		  int b)
{
	struct place at = { 1, NULL, 0 }, *p = &(struct place) { .first = a };

	if (a ||
	    b)
		return a ? b :
			   at.first;
	for (a = 0, b = p->first; a;)
		asm volatile("mov %0, #1" : "=r" (a));
	switch (b) {
	case 1:
		goto out;
	EACH_OF_THEM(CASE)
	}
out:
	return a *
		b;
}
END

said "blanks between words" '4: no blank before =: a= 1;
5: a blank before ): a = (a );
6: no blank before (: if(a)' <<'END'
int f(int a)
{
	/* no blank */
	a= 1;
	a = (a );
	if(a)
		return 1;
	return 0;
}
END

said "indentation of statements" '3: indentation: a = 1;
5: indentation: a = 3;' <<'END'
int f(int a)
{
    a = 1;
	if (a) {
	a = 3;
	}
	return a;
}
END

finish
