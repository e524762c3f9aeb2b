#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# configs/Makefile with boards of this test's: which configurations are found, and which are checked together.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/configs"
cp "$top/configs/Makefile" "$top/configs/flags.mk" "$folder/configs"
ln -s "$top/scripts" "$top/VERSION" "$folder"

# config BOARD/NAME SIGNATURE
config()
{
	mkdir -p "$folder/configs/arm64/${1%/*}"
	echo "char config[] = \"$2\";" >"$folder/configs/arm64/$1.c"
}

# build: what make says that is wrong
build()
{
	: >"$folder/checked"
	env -u MAKEFLAGS make -s -C "$folder/configs" O="$folder/build" CONFIG_CHECK="$folder/check" 2>&1 >/dev/null |
		sed "/^make/d; s,$folder/,,g; s/^Makefile:[0-9]*: \*\*\* //"
}

# a validator that finds fault with what has "bad" in it, and remembers what it was asked
cat >"$folder/check" <<END
#!/bin/sh
for image; do printf '%s ' "\$(basename "\$image" .image)"; done >>"$folder/checked"
echo >>"$folder/checked"
! grep -q bad "\$@" || { echo this is bad >&2; exit 1; }
END
chmod +x "$folder/check"

# checked NAME: what the cell NAME was checked with
checked() { sed -n "s/\(.*\)\b$1 $/\1/p" "$folder/checked"; }

config one/one JHSYS
config one/one-big JHSYS
config one/one-linux JHCLL
config one/one-linux-two JHCLL
config one/one-big-linux JHCLL
config one/one-bigger JHCLL
config one/one-two-linux-b JHCLL
config two/one-two JHSYS
config two/one-two-linux JHCLL
is "$(build)" '' 'two boards that nothing names are built'
is "$(cd "$folder/build/configs" && echo *.cell)" \
	"$(echo one{-big{-linux,,ger},-linux{-two,},-two{-linux-b,-linux,},}.cell)" \
	'all in one folder'
is "$(head -c 5 "$folder/build/configs/one-linux.cell")" JHCLL 'a configuration is what its source says'
is "$(checked one)" '' 'a system by itself'
is "$(checked one-linux)" 'one ' 'a cell with its system'
is "$(checked one-linux-two)" 'one ' 'a cell with its system, not with a cell whose name its own begins with'
is "$(checked one-big-linux)" 'one-big ' 'a cell with the system that has the longer name'
is "$(checked one-bigger)" 'one ' 'a name begins with whole words'
is "$(checked one-two-linux)" 'one-two ' 'another board has its own system'
is "$(checked one-two-linux-b)" 'one ' '  and the first one does not take that'

is "$(build)$(cat "$folder/checked")" '' 'nothing has changed, nothing is done'
touch "$folder/configs/arm64/two/one-two.c"
is "$(build)$(sort "$folder/checked" | tr '\n' ,)" 'one-two ,one-two one-two-linux ,' \
	'a system that has changed is checked with all cells of its board'

config two/one-two-linux 'JHCLL, bad'
rm "$folder/build/configs/one-two-linux.cell"
is "$(build)" 'this is bad' 'the validator says what is wrong'
[ -e "$folder/build/configs/one-two-linux.cell" ]
is "$?" 1 '  and there is no such configuration'
config two/one-two-linux JHCLL

config two/other JHCLL
is "$(build)" \
	'build/configs/two/other.image: no system configuration of its board has a name that this one begins with' \
	'a cell without a system'
rm "$folder/configs/arm64/two/other.c"
config two/one-linux JHCLL
is "$(build)" \
	'more than one board has a configuration of this name: one-linux.  Stop.' \
	'two boards with a configuration of the same name'

finish
