#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# channel.t JAILHOUSE: jailhouse channel, with a channeld for programs of this machine.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=${1:?path of the jailhouse command}
libcell=$(cd "$(dirname "$jailhouse")/../.." && pwd)/libcell/host
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
socket=$work/socket

# wait_for COMMAND...: within 20 s
wait_for()
{
	for _ in {1..200}; do
		"$@" && return
		sleep 0.1
	done
	return 1
}
# channel COMMAND WORD...: what it says
channel() { timeout 60 "$jailhouse" channel "$1" -s "$socket" "${@:2}" 2>&1; }
# shows WORD...: in a line of the list, blanks do not matter
shows() { channel list | tr -s ' ' | grep -qx "$*"; }
# json FIELD...: of the channel that is open, by a reader of JSON
json()
{
	channel "$1" --json | python3 -c 'import json, sys
for row in json.load(sys.stdin):
    if row["state"] == "open":
        print(row["name"], *(end[key] for end in row["ends"] for key in sys.argv[1:]))' "${@:2}"
}

"$libcell/channeld" --local --socket "$socket" >"$work/channeld" 2>&1 &
wait_for test -S "$socket"
is "$(channel list | tr -s ' ')" 'Name Link State Held Ends' 'nothing is there'
"$libcell/channel-demo" "$socket" 0 listen echo >"$work/echo" 2>&1 &
wait_for shows 'echo local name 0 program [0-9]*'
is "$?" 0 'a name, and who has it'
is "$(channel send echo hello --answer)" hello 'a message, and its answer'
is "$(printf 'one\n\nthree' | channel send echo -a)" "$(printf 'one\n\nthree')" 'lines of the input'
is "$(printf 'a\nb\n' | channel send echo -a -r)" ab 'answers as they are'
is "$(channel send nobody text)" \
	"jailhouse: channel send: 'nobody': nobody listens to it; with --wait, somebody is waited for" \
	'nobody listens'
is "$(channel send 'a b' text)" "jailhouse: channel send: 'a b': a name has letters, digits and ._-/ only" \
	'a name that cannot be'
is "$(channel cat "$(printf '%032d' 0)")" \
	"jailhouse: channel cat: '$(printf '%032d' 0)': a name has at most 31 characters" 'a name that is too long'
is "$(channel cat --listen echo)" "jailhouse: channel cat: 'echo': another listens to it already" \
	'a name that is taken'
is "$(timeout 20 "$libcell/channel-demo" "$socket" 0 listen echo)" "channel-demo: cannot listen to echo: error -98" \
	'  and the demo does not wait for it'
is "$(printf '%010000d' 0 | channel send echo)" \
	"jailhouse: channel send: 'echo': a message is longer than the other side or the link takes" 'a long message'

channel send news 'for later' --wait >"$work/sent" &
wait_for shows 'news local waiting 0 program [0-9]*'
is "$?" 0 'one that waits is seen'
is "$(channel cat --listen news)" 'for later' 'and found by who listens'
wait $!
is "$? $(cat "$work/sent")" '0 ' 'it has sent'
channel cat --listen -n 2 news >"$work/news" &
wait_for shows 'news local name 0 program [0-9]*'
is "$(printf '1\n2\n3\n' | channel send news >/dev/null; wait $!; cat "$work/news")" \
	"$(printf '1\n2')" 'so many messages'

# one that stays open, to be looked at
mkfifo "$work/lines"
channel send echo --answer <"$work/lines" >"$work/answers" &
exec 7>"$work/lines"
echo 'four' >&7
wait_for grep -q four "$work/answers"
wait_for shows 'echo local open 0 program [0-9]* -> program [0-9]*'
is "$?" 0 'a channel, and its ends'
is "$(json list there cell)" 'echo True None True None' '  and in JSON'
# ends are asked; the answer is there soon. A message for who waits for it is in no queue: the high mark may be 0
counted() { json "$1" messages bytes waits queue high | grep -qx 'echo 1 4 0 0 [01] 1 4 0 0 [01]'; }
wait_for counted stats
counted list
is "$?" 0 'what went by it'
channel stats | tr -s ' ' | sed 's/program [0-9]*/N/g' | grep -q '^echo N -> N 1 1 4 4 0/0 [01]/[01] 0/0'
is "$?" 0 '  in a table'
is "$(channel stats | awk '$1 == "local" && $3 == 1 { print ($5 > 3) " " $6 " " $7 " " ($8 != "0/0") }')" '1 0 0 1' \
	'what a program has asked for, and its doorbells'
is "$(channel watch -n 2 -d 1 | grep -c '^echo ')" 2 'watched twice'
is "$(channel watch -n 2 -d 1 --json | grep -c '"state": "open"')" 2 '  and in JSON'
exec 7>&-
wait_for grep -q 'left after 1 messages' "$work/echo"
is "$?" 0 'the end of the input is the end of the channel'

channel cat echo >"$work/cat" &
wait_for shows 'echo local open .*'
kill %1
wait $!
is "$? $(sed 's/the other side/channeld/' "$work/cat")" "1 jailhouse: channel cat: 'echo': channeld has gone" \
	'channeld goes'
is "$(tail -n 1 "$work/channeld" | grep -o '[0-9]* violations')" '0 violations' 'nothing was odd'
is "$(channel list)" "jailhouse: channel list: no channeld is at '$socket': systemctl start channeld" 'and is not there'

finish
