#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# check-commits.t: each rule of scripts/check-commits, by a commit that breaks it and one that does not.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

script=$(realpath "$(dirname "$0")/../check-commits")
repository=$(mktemp -d)
trap 'rm -rf "$repository"' EXIT
cd "$repository" || exit 1
# nothing of who runs the test
export HOME=$repository GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
git -c init.defaultBranch=main init -q

# commit SUBJECT [BODY]
commit()
{
	git add -A
	git commit -q --allow-empty -m "$1" ${2:+-m "$2"}
}

# said WHAT [EXPECTED]: what is said of the last commit, without its hash
said()
{
	is "$("$script" HEAD^ | sed 's/^[0-9a-f]*: //')" "${2:-}" "$1"
}

WHY="Because."
mkdir -p hypervisor/core hypervisor/tests tools
for name in a b c d e; do
	seq -f "int $name%g(void);" 20 >hypervisor/core/$name.c
done
commit "core: some files" "$WHY"

commit "core: $(printf 'x%.0s' {1..53})" "$WHY"
said "59 characters"
commit "core: $(printf 'x%.0s' {1..54})" "$WHY"
said "60 characters" "the subject has 60 characters, not less than 60"
commit "core: nothing said"
said "no body" "no body that says why"
commit "core: nothing said" "Signed-off-by: A <a>"
said "no body but a trailer" "no body that says why"
long=$(printf 'words %.0s' {1..13})
commit "core: long lines" "$long."
said "a long line" "a line of 79 characters, more than 75: $long."
commit "core: quoted" "$WHY

	$long"
said "a long line that is quoted"
git commit -q --allow-empty -m "core: two lines
$WHY"
said "no empty line" "no empty line after the subject"

echo 'int test;' >hypervisor/tests/a_test.c
commit "tests: one more" "$WHY"
said "tests change tests"
echo 'int more;' >>hypervisor/core/a.c
commit "tests: one more" "$WHY"
said "tests change the hypervisor" 'titled "tests", but changes code in hypervisor/core/a.c'
echo '/* a word */' >>hypervisor/core/a.c
commit "docs: a word" "$WHY"
said "documentation in a comment"
echo 'int new;' >tools/new.c
commit "docs, tests: a command" "$WHY"
said "tests and documentation add to a tool" 'titled "docs, tests", but changes code in tools/new.c'
echo 'int newer;' >tools/newer.c
commit "tools, tests: a command" "$WHY"
said "who names the part may"
rm tools/new.c
commit "README.md: shorter" "$WHY"
said "a document's name removes from a tool" 'titled "README.md", but changes code in tools/new.c'

# move TO: all files but a.c to another folder
move()
{
	mkdir -p "hypervisor/$1"
	git mv hypervisor/*/[bcde].c "hypervisor/$1"
}

move lib
echo 'all: lib/b.o' >hypervisor/Makefile
sed -i '1i #include <lib/b.h>' hypervisor/core/a.c
commit "lib: moved" "$WHY"
said "a move with includes and build files"
move vdev
echo 'int also;' >>hypervisor/vdev/b.c
commit "vdev: moved" "$WHY"
said "a move with a change" "moves files, and changes hypervisor/vdev/b.c: +int also;"
move lib
echo 'int also;' >hypervisor/lib/f.c
commit "lib: moved" "$WHY"
said "a move with a new file" "moves files, and adds hypervisor/lib/f.c"
git mv hypervisor/lib/b.c hypervisor/core/b.c
echo 'int also;' >hypervisor/core/g.c
commit "core: one file more" "$WHY"
said "a single file may move along"

# without a base: from the commit that brought the script
mkdir scripts
commit "core: old"
touch scripts/check-commits
commit "scripts: without a body"
commit "core: new"
is "$("$script" | grep -c .)" 1 "what came before the script is not judged"
"$script" >/dev/null
is "$?" 1 "it fails"

finish
