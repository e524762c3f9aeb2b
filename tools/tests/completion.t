#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The bash completion, with cells in a fake sysfs.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../completion/jailhouse
. "$(dirname "$0")/../completion/jailhouse"

folder=$(mktemp -d)
export LC_ALL=C
trap 'rm -rf "$folder"' EXIT
_jailhouse_sysfs=$folder/sysfs
_jailhouse_configs=$folder/etc

add_cell()
{
	mkdir -p "$folder/sysfs/cells/$1"
	echo "$2" > "$folder/sysfs/cells/$1/name"
}

# offers WORD...: what is offered for the last word, in one line
offers()
{
	COMP_WORDS=(jailhouse "$@")
	COMP_CWORD=$#
	_jailhouse
	echo "${COMPREPLY[*]}"
}

is "$(offers '')" 'enable disable config hardware console cell shmem channel --help --version' commands
is "$(offers c)" 'config console cell channel' 'commands by first letter'
is "$(offers x)" '' 'no such command'
is "$(offers cell '')" \
	'create list load linux save start restart shutdown destroy failure stats latency timeline --help' \
	'cell commands'
is "$(offers cell s)" 'save start shutdown stats' 'cell commands by letter'
is "$(offers console -)" '--follow --last --time --read-only --log --name --help' 'console options'

is "$(offers cell start '')" '' 'no cells, nothing enabled'
add_cell 0 qemu-arm64
add_cell 1 timer-demo
add_cell 2 'two words'
is "$(offers cell start '')" 'timer-demo 1 two\ words 2' \
	'cells by name and id, without the root cell'
is "$(offers console --read-only t)" 'timer-demo two\ words' 'cells with a console, perhaps'
is "$(offers cell stats q)" 'qemu-arm64' 'stats of the root cell'
is "$(offers cell destroy t)" 'timer-demo two\ words' 'cells by first letter'
is "$(offers cell start --name '')" 'qemu-arm64 timer-demo two\ words' \
	'names after --name'
is "$(offers cell start timer-demo '')" '' 'one cell is enough'
is "$(offers cell start --force t)" 'timer-demo two\ words' \
	'a cell after an option'
is "$(offers cell stats -n 5 '')" 'qemu-arm64 0 timer-demo 1 two\ words 2' \
	'a cell after an option with an argument'
is "$(offers cell stats -n '')" '' 'an argument that is a number'
is "$(offers cell shutdown --f)" '--force' 'options'

cd "$folder" || exit 1
mkdir etc sub
touch etc/installed.cell here.cell other.txt inmate.bin
is "$(offers enable '' | xargs -n 1 | sort | xargs)" \
	"$folder/etc/installed.cell etc here.cell sub sysfs" \
	'configurations, folders, installed configurations'
is "$(offers config check h)" 'here.cell' 'configurations to check'
is "$(offers cell create h)" 'here.cell' 'configurations by first letter'
is "$(offers cell create --st)" '--start' 'create options'
is "$(offers cell create --console --l)" '--load' 'after a flag that is an option with an argument elsewhere'
is "$(offers cell create --load i)" 'inmate.bin' 'an image of a new cell'
is "$(offers cell create --name '')$(offers cell create --cpus '')$(offers cell create --ram '')" '' \
	'words of a new cell that nobody knows'
is "$(offers config create --console '')" '' 'a UART'
is "$(offers hardware check --)" '--try --json --help' 'hardware options'
is "$(offers config '')" 'create collect check show diff suggest --help' 'config commands'
is "$(offers config suggest t)" 'timer-demo two\ words' 'cells that may have failed'
is "$(offers config suggest --j)" '--json' '  and the option'
is "$(offers config create --mem)" '--mem-inmates --mem-hv' 'config options'
is "$(offers config create --cell --c)" '--cpus --cyclic --console' 'options of a cell'
is "$(offers config create --cell --console --b)" '--binary' '  where --console is a flag'
is "$(offers config create --cell --name '')" '' '  and a name is new'
is "$(offers config create -r s)" 'sub sysfs' 'folders after -r'
is "$(offers config collect o)" 'other.txt' 'files'
is "$(offers cell load '')" 'timer-demo 1 two\ words 2' 'load: first the cell'
is "$(offers cell load timer-demo i)" 'inmate.bin' 'load: then files'
is "$(offers cell load --name timer-demo i)" 'inmate.bin' \
	'load: files after --name'
is "$(offers cell load 1 inmate.bin -a '')" '' 'load: an address'
is "$(offers cell save '')" 'qemu-arm64 0 timer-demo 1 two\ words 2' 'save: first the cell, root too'
is "$(offers cell save 0 o)" 'other.txt' 'save: then a file'
is "$(offers channel '')" 'list stats watch cat send --help' 'channel commands'
is "$(offers channel send -a --w)" '--wait' '  after a flag that is an option with an argument elsewhere'
is "$(offers channel list -s o)" 'other.txt' '  and a socket'
is "$(offers cell load 1 -s arguments o)" 'other.txt' \
	'load: files after a string'
is "$(offers cell load 1 inmate.bin --a)" '--address' 'load options'

finish
