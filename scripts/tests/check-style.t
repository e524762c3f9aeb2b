#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# check-style.t: which barriers have said why (scripts/check-style).

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

script=$(dirname "$0")/../check-style
file=$(mktemp --suffix=.c)
trap 'rm -f "$file"' EXIT

# said WHAT [EXPECTED]: the lines of barriers that do not say why, in the body of a function on standard input
said()
{
	{
		printf '// SPDX-License-Identifier: GPL-2.0-only\n/* Copyright (c) 2026 The Cellblock developers */\n'
		printf 'void f(void)\n{\n'
		cat
		printf '}\n'
	} >"$file"
	is "$("$script" --barriers "$file" | sed "s,^$file:\([0-9]*\): a barrier without.*,\1," | xargs)" "${2:-}" "$1"
}

said "a comment on the line, above it, above what decides" <<'END'
	isb();	/* why */
	g();
	/* why,
	   and more */
	dsb(sy);
	g();
	/* why */
	if (x)
		dmb(ish);
END
said "one comment for a sequence" <<'END'
	/* why */
	dsb(ishst);
	write_sysreg(vttbr_el2, vttbr);
	isb();
	for (a = 0; a < end; a += PAGE_SIZE)
		asm volatile(TLBI_IS("vae2is, %0") :
			     : "r" (a));
	dsb(ish);
	isb();
END
said "one comment within a sequence" <<'END'
	write_sysreg(daif, 0);
	isb();
	/* why */
	write_sysreg(daif, 1);
END
said "no comment" "5 7 9 11" <<'END'
	isb();
	g();
	dsb(sy);
	g();
	asm volatile("tlbi alle2");
	g();
	asm volatile("dmb ish");
END
said "a comment of something else" "7 10" <<'END'
	/* of g() */
	g();	/* of g() */
	isb();
	/* apart */

	dsb(sy);
END
said "no barrier" <<'END'
	write_sysreg(daif, 0);
	asm volatile("dc civac, %0" : : "r" (a));
END
said "an invalidation for all CPUs, once" "$file:6: a TLBI for all CPUs that is not TLBI_IS()" <<'END'
	/* why */
	asm volatile("tlbi vmalls12e1is");
	dsb(ish);
END
said "one for this CPU only" <<'END'
	/* why */
	asm volatile("tlbi vmalls12e1");
	dsb(nsh);
END

finish
