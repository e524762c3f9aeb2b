#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# commands.t JAILHOUSE: each wrong command line of the file commands ends as it says there: in one line on the standard
# error output, with another that names the help if the words alone are wrong.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=$(realpath "${1:?path of the jailhouse command}")
table=$(realpath "$(dirname "$0")/commands")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit
echo program >image

while IFS= read -r line; do
	case $line in '' | '#'*) continue ;; esac
	sentence=${line##* | }
	words=${line% | *}
	status=${words##*| }
	words=${words%|*}
	eval "words=($words)"
	"$jailhouse" "${words[@]}" >out 2>err
	got="$? $(grep -cF -- "$sentence" err)"
	[ "$got" = "$status 1" ] || got+=" $(cat err)"
	is "$got" "$status 1" "$line"
	case $sentence in
	Usage:*) is "$(head -n 1 err)" "$sentence" '  the help' ;;
	*) is "$(sed 1d err | sed "s/'jailhouse .*--help'/HELP/")$(cat out)" \
		"$([ "$status" = 1 ] || echo 'Try HELP.')" '  and nothing else' ;;
	esac
done <"$table"

finish
