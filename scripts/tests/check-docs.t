#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# check-docs.t: the rules of ci/check-docs on the index, decisions, words and maps, in documents that break them.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/ci/lib" "$tree/ci/tests" "$tree/Documentation" "$tree/hypervisor/core" "$tree/hypervisor/tests/core"
cp "$(dirname "$0")/../../ci/check-docs" "$tree/ci"
cp "$(dirname "$0")/../../ci/lib/testmap.py" "$tree/ci/lib"
cd "$tree" || exit 1
git init -q

# file NAME: a document of the lines that come
file()
{
	cat >"Documentation/$1.md"
}

# said WHAT [EXPECTED]: what is said of all documents
said()
{
	is "$(ci/check-docs)" "${2:-}" "$1"
}

file README <<-END
	[words](glossary.md), [why](decisions.md)
END
file glossary <<-END
	Over there, a word that is used.

	## Words that are not used

	| not | but |
	|---|---|
	| yonder | there |
	| thither, hither | there |
END
file decisions <<-END
	## 1. First

	2026-11-21, superseded by 2.

	## 2. Second

	2026-11-22, accepted.
END
said "nothing is wrong"

file other </dev/null
said "a document that the index does not name" "Documentation/README.md:1: does not name Documentation/other.md"
rm Documentation/other.md

echo "Thither, \`hither\` and hither-to." >>Documentation/README.md
said "a word that is not used" "Documentation/README.md:2: the glossary has another word for Thither"
sed -i 2d Documentation/README.md

decision="decision 2: its number, its date, or its status"
for line in "3. Second" "Second"; do
	sed -i "s/^## .*Second/## $line/" Documentation/decisions.md
	said "decision 2 is called $line" "Documentation/decisions.md:5: $decision"
done
sed -i 's/^## .*Second/## 2. Second/' Documentation/decisions.md
for status in "2026-11-22, forgotten." "accepted." "2026-11-22, superseded by 1."; do
	sed -i "s/^2026-11-22.*\|^accepted.*/$status/" Documentation/decisions.md
	said "decision 2 is: $status" "Documentation/decisions.md:5: $decision"
done

sed -i 's/superseded by 1\./accepted./' Documentation/decisions.md
echo "[files](architecture.md), [tests](testing.md)" >>Documentation/README.md
touch hypervisor/core/{a,b}.c hypervisor/tests/core/a_test.c ci/tests/{life,helper}.c ci/tests/faults.sh
echo 'helper helper' >ci/tests/list
file architecture <<-END
	| \`core/a.c\` | one |
	| \`b.c\` | another |
END
file testing <<-END
	## Which test covers what

	| source | tests |
	|---|---|
	| \`hypervisor/core/a.c\` | \`host:hypervisor:a_test\`, \`life\` |
	| \`hypervisor/core/*.c\`, \`ci/\` | \`faults.sh\`, \`bench:plugin\`, \`bench:alone\` |
END
said "all sources and tests are there"

file other <<-END
	## One

	It takes 25 instructions.

	## Another

	It takes 25 instructions, by \`make bench\`.
END
echo "[other](other.md)" >>Documentation/README.md
printf 'bench:\n' >Makefile
said "a figure that says where it was obtained, and one that does not" \
	"Documentation/other.md:3: 25 instructions: counted where?"
rm Makefile

file other <<-END
	Shown (test \`life\`; a path: test \`ci/tests/life.c\`), by the tests \`faults.sh\` and
	\`death\`, and \`host:hypervisor:a_test\`.

	| \`host:hypervisor:b_test\` | \`a_test\` |
END
said "sentences name tests that are there, in whole" "Documentation/other.md:1: there is no test death
Documentation/other.md:4: there is no test a_test
Documentation/other.md:4: there is no test host:hypervisor:b_test"
sed -i '$d' Documentation/README.md
rm Documentation/other.md

mkdir hypervisor/lib
touch hypervisor/lib/a.c
said "a source that no document knows" "Documentation/architecture.md:1: hypervisor/lib/a.c is not named
Documentation/testing.md:1: no test covers hypervisor/lib/a.c"
rm hypervisor/lib/a.c

sed -n 5p Documentation/testing.md >>Documentation/testing.md
said "two rows of one source" "Documentation/testing.md:7: the same sources as in line 5"
sed -i '$d' Documentation/testing.md

touch ci/tests/more.c
said "a test that covers nothing" "Documentation/testing.md:1: the test more covers nothing"
rm ci/tests/more.c

echo "[promises](threat-model.md)" >>Documentation/README.md
file threat-model <<-END
	## What is promised, and what shows it

	| promise to | is | shown by |
	|---|---|---|
	| all | one | \`life\`, \`host:hypervisor:a_test\` |
	| | two | \`bench:plugin\` |
END
said "each promise has a test"
sed -i 's/, `host:hypervisor:a_test`/, `forgotten`/; s/`bench:plugin`/nothing/' Documentation/threat-model.md
said "promises of a test that is not there, and of none" "Documentation/threat-model.md:5: there is no test forgotten
Documentation/threat-model.md:6: a promise without a test"
sed -i '$d' Documentation/README.md
rm Documentation/threat-model.md

mkdir -p inmates/posix/{include,tests}
printf '%s\n' 'int one(void);' 'void *two(int a,' '	  int b);' 'int posix_own(void);' 'int three(void);' \
	>inmates/posix/include/all.h
printf '\tone();\n\ttwo(1, 2);\n\tTEST(both),\n' >inmates/posix/tests/calls.c
echo "[POSIX](posix-tests.md)" >>Documentation/README.md
file posix-tests <<-END
	| function | shown | not |
	|---|---|---|
	| \`one\`, \`two\` | 1 \`calls:both\` | |
	| \`three\` | 1 \`calls:both\`, 2 \`calls:none\` | |
	| \`one\` | 1 \`calls:both\` | |
	| \`four\` | 1 \`calls:both\` | |
END
posix=Documentation/posix-tests.md
said "tests and calls of POSIX that are not there, rows too many" "$posix:4: there is no test calls:none
$posix:4: no test of its row calls three()
$posix:5: one() is not declared, or has a row before
$posix:6: four() is not declared, or has a row before"
sed -i 3,6d Documentation/posix-tests.md
said "functions of POSIX without a row" "$posix:1: one() has no row
$posix:1: three() has no row
$posix:1: two() has no row"
sed -i '$d' Documentation/README.md
rm -r inmates $posix

sed -i 's/life/death/; s,/core/a,/core/z,' Documentation/testing.md
said "a test and a source that are not there" "Documentation/testing.md:5: there is no hypervisor/core/z.c
Documentation/testing.md:5: there is no test death
Documentation/testing.md:1: the test life covers nothing"

finish
