#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# channeld.t JAILHOUSE: the manager of channels as a program: its words, how it begins and ends.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

tools=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$(dirname "${1:?path of the jailhouse command}")/../.." && pwd)
channeld=$build/libcell/host/channeld
work=$(mktemp -d)
trap 'kill $pid 2>/dev/null; rm -rf "$work"' EXIT
socket=$work/socket
pid=

# says STATUS TEXT WORD...: it ends so, and says so
says()
{
	local status=$1 text=$2 said

	shift 2
	said=$(timeout 20 "$channeld" "$@" 2>&1)
	is "$? $(head -n 1 <<<"$said")" "$status $text" "channeld $*"
}
says 2 "channeld: no such option, or one with an argument too many: --frobnicate" --frobnicate
says 2 "channeld: no such option, or one with an argument too many: --local=1" --local=1
says 2 "channeld: an argument is missing after --socket" --socket
says 2 "channeld: the path of the socket begins with /, and this does not: run" --socket run
says 2 "channeld: the path of the socket is too long: /$(printf '%0120d' 0)" --socket "/$(printf '%0120d' 0)"
says 2 "channeld: --local is for programs of this Linux, who need a --socket" --local
says 2 "channeld: with --local there is neither a LINK nor its --manager" --local --socket "$socket" 1f.0
says 2 "channeld: with --manager there is nothing to do without a --socket" --manager 1
says 2 "channeld: with --manager there is one LINK: several have to be managed here" \
	--manager 1 --socket "$socket" 0.0 1.0
for peer in 12 -1 one ''; do
	says 2 "channeld: --manager wants the number of a peer, not $peer" --manager "$peer" --socket "$socket"
done
says 2 "channeld: with --manager that peer has the rules, not --access" --manager 1 --socket "$socket" --access rules
says 2 'channeld: more than 4 links, the last one is e' a b c d e
says 2 'channeld: twice the same link: a' a b a
says 1 'channeld: link 7777:00:00.0: not found; there is no link at all: is a cell with one created?' 7777:00:00.0
says 1 "channeld: no programs can come to $work/not/there: No such file or directory" --local --socket "$work/not/there"
says 0 "channeld (Cellblock) $(cat "$tools/../VERSION")" --version
says 0 'usage: channeld [--socket PATH] [--access FILE] [--manager PEER] [LINK]...' --help
says 1 "channeld: cannot read $work/rules: No such file or directory" --check "$work/rules"
says 1 "channeld: cannot read $work/rules: No such file or directory" --access "$work/rules"

# rule LINE WHY: what --check says of a file with this line
rule()
{
	printf '# a file\n%b\n' "$1" >"$work/rules"
	says "${3:-1}" "$2" --check "$work/rules"
}
rule 'listen sensors/* cell:one peer:2 # some' \
	"channeld: $work/rules: 1 rules; for all other names: everybody may" 0
rule 'default deny\nprivate arm cell:a root\nconnect * any' \
	"channeld: $work/rules: 2 rules; for all other names: nobody may" 0
rule 'listen nobody' "channeld: $work/rules: 1 rules; for all other names: everybody may" 0
rule 'allow x any' "$work/rules:2: not listen, connect, private, default, peer or end: allow"
rule 'listen' "$work/rules:2: a name is missing"
rule 'listen a:b any' "$work/rules:2: a name has letters, digits and ._-/, and * for any: a:b"
rule "listen $(printf '%032d' 0) any" "$work/rules:2: a name has at most 31 characters: $(printf '%032d' 0)"
rule 'listen x one' "$work/rules:2: not any, root, peer:NUMBER or cell:NAME: one"
rule 'listen x cell:' "$work/rules:2: not any, root, peer:NUMBER or cell:NAME: cell:"
rule "listen x cell:$(printf '%032d' 0)" "$work/rules:2: a cell's name has at most 31 characters: \
cell:$(printf '%032d' 0)"
for peer in '' 12 1x -1; do
	rule "listen x peer:$peer" "$work/rules:2: no number of a peer, 0 to 11: peer:$peer"
done
rule "listen x $(printf 'peer:1 %.0s' {1..13})" "$work/rules:2: more than there can be on a link, \
the last one is peer:1"
rule 'private x cell:a' "$work/rules:2: private is between two, such as cell:a cell:b"
rule 'private x cell:a cell:b root' "$work/rules:2: private is between two, such as cell:a cell:b"
rule 'default perhaps' "$work/rules:2: the default is allow or deny"
rule 'default deny now' "$work/rules:2: the default is allow or deny"
rule 'default deny\ndefault allow' "$work/rules:3: the default is said twice"
rule 'peer 1 cell:a\npeer 0 root\nprivate x cell:a root\nend\nnonsense' \
	"channeld: $work/rules: 1 rules; for all other names: everybody may" 0
rule 'peer 12 root' "$work/rules:2: no number of a peer, 0 to 11: 12"
rule 'peer 1 peer:1' "$work/rules:2: a peer is root or cell:NAME, not peer:1"
rule 'peer 1 cell:a cell:b' "$work/rules:2: a peer is one only, and not cell:b"
rule 'peer 1 cell:a\npeer 1 root' "$work/rules:3: who this peer is, is said twice"
rule 'listen x root\npeer 1 cell:a' "$work/rules:2: no line \"peer\" says which one is root"
rule 'end here' "$work/rules:2: nothing is behind end, but: here"
rule "# $(printf '%0600d' 0)" "channeld: $work/rules: 0 rules; for all other names: everybody may" 0
rule "allow$(printf '%0600d' 0)" \
	"$work/rules:2: not listen, connect, private, default, peer or end: allow$(printf '%058d' 0)"
rule 'listen x any\0root' "channeld: cannot read $work/rules: it is not a text"
rule "$(printf 'connect x any\\n%.0s' {1..257})" "$work/rules:258: more than 256 rules"

is "$("$channeld" --help | awk 'length > 79')" '' 'no line of the help is wider than 79'
for option in $("$channeld" --help | grep -oE -e '--[a-z]+' | sort -u); do
	is "$(grep -cF -e "${option//-/\\-}" "$tools/man/channeld.8" | sed 's/[1-9][0-9]*/known/')" known \
		"its man page has $option"
	is "$(grep -cwF -e "$option" "$tools/completion/channeld" | sed 's/[1-9][0-9]*/known/')" known \
		"its completion has $option"
done

# shellcheck source-path=SCRIPTDIR source=../completion/channeld
. "$tools/completion/channeld"
_channeld_sysfs=$work/sysfs
mkdir -p "$work/sysfs/cells/0"
echo '0001:00:00.0 peer 0 of 3' >"$work/sysfs/cells/0/links"
# offers WORD...: what is offered for the last one
offers()
{
	COMP_WORDS=(channeld "$@")
	COMP_CWORD=$#
	_channeld
	echo "${COMPREPLY[*]}"
}
is "$(offers '')" 0001:00:00.0 'completion knows links'
is "$(offers --ma)" --manager '  and options'
is "$(offers --manager '')" '' '  and who is manager is for the user to know'

# wait_for COMMAND...: within 20 s
wait_for()
{
	for _ in {1..200}; do
		"$@" && return
		sleep 0.1
	done
	return 1
}
# start: as systemd does, and wait until it is told
start()
{
	rm -f "$work/ready"
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(30)
open(sys.argv[2], "w").write(s.recv(100).decode())' "$work/notify" "$work/ready" &
	wait_for test -S "$work/notify"
	NOTIFY_SOCKET=$work/notify "$channeld" --local --socket "$socket" >"$work/said" 2>&1 &
	pid=$!
	wait_for test -s "$work/ready"
	rm -f "$work/notify"
}
start
is "$(cat "$work/ready") $(stat -c %a "$socket")" 'READY=1 700' \
	'systemd hears when programs can come, and others cannot'
says 1 "channeld: no programs can come to $socket: another channeld is there, or what is no socket" \
	--local --socket "$socket"
kill "$pid"
wait "$pid"
is "$? $(tail -n 1 "$work/said" | cut -d ' ' -f 3-)" \
	'0 2 requests, 0 channels opened, 0 messages held, 0 lost, 0 refused, 0 denied, 0 violations' \
	'SIGTERM ends it, and it says what it did'
is "$(ls "$socket" 2>/dev/null)" '' '  and takes its socket away'
start
{
	kill -9 "$pid"
	wait "$pid"
} 2>/dev/null
start
is "$(cat "$work/ready")" 'READY=1' 'what was left of a daemon that was killed is replaced'
kill "$pid"
wait "$pid"

# the service's words, but for the link, are words of the program
words=$(sed -n 's/^ExecStart=[^ ]* \(.*\) \$CHANNELD_OPTIONS/\1/p' "$tools/systemd/channeld.service")
is "$words" '--socket /run/channeld/socket' 'the service has a socket'

finish
