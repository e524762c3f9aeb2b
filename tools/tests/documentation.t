#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# documentation.t JAILHOUSE: what the command offers is what its man pages and
# its completion know.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}
tools=$(dirname "$0")/..

# commands GROUP...: names from the list in its help
commands()
{
	"$jailhouse" "$@" --help |
		sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# long_options COMMAND...: from its help
long_options()
{
	"$jailhouse" "$@" --help | grep -o -e '--[a-z][a-z]*' | sort -u
}

# in_page PAGE TEXT: how a man page's source has it, as yes or no
in_page()
{
	grep -q -F -e "${2//-/\\-}" "$tools/man/$1" && echo yes || echo no
}

# check_command PAGE WORD...
check_command()
{
	local page=$1 option

	shift
	is "$(in_page "$page" "${*: -1}")" yes "$page has $*"
	is "$("$jailhouse" "$@" --help | sed 1d | awk 'length > 79')" '' \
		"$*: no line but the first is wider than 79"
	for option in $(long_options "$@"); do
		is "$(in_page "$page" "$option")" yes "$page has $option of $*"
		is "$(grep -c -e "$option" "$tools/completion/jailhouse" |
			sed 's/[1-9][0-9]*/known/')" known \
			"completion has $option of $*"
	done
}

for name in $(commands); do
	case $name in
	cell | channel | config | hardware | shmem) continue ;;
	console) check_command jailhouse-console.8 "$name" ;;
	*) check_command jailhouse.8 "$name" ;;
	esac
done
for name in $(commands cell); do
	check_command jailhouse-cell.8 cell "$name"
done
for name in $(commands config); do
	check_command jailhouse-config.8 config "$name"
done
for name in $(commands hardware); do
	check_command jailhouse-hardware.8 hardware "$name"
done
for name in $(commands shmem); do
	check_command jailhouse-shmem.8 shmem "$name"
done
for name in $(commands channel); do
	check_command jailhouse-channel.8 channel "$name"
done
is "$(commands | tr '\n' ' ')" 'enable disable config hardware console cell shmem channel ' 'all commands'

for page in "$tools"/man/*.8; do
	name=${page##*/}
	is "$(sed -n 's/^\.TH "*\([A-Z.-]*\)"* 8 .*/\1/p' "$page")" \
		"$(tr '[:lower:]' '[:upper:]' <<< "${name%.8}")" "$name: title"
	if command -v groff > /dev/null; then
		is "$(groff -man -ww -z "$page" 2>&1)" '' "$name: no warnings"
	else
		skip "$name: no warnings" 'no groff'
	fi
done

finish
