#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# service.t: the order of what jailhouse.service asks for, and what it does when something is refused.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

service=$(cd "$(dirname "$0")/../systemd" && pwd)/service
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export JAILHOUSE_SYSFS=$work/sysfs JAILHOUSE_CELLS=$work/cells.d JAILHOUSE_STARTED=$work/started
mkdir -p "$work/bin" "$JAILHOUSE_CELLS"
PATH=$work/bin:$PATH

# A command that notes what it was asked for and keeps what is in sysfs; it refuses what $work/refused matches, and is
# slow with what $work/slow matches.
cat >"$work/bin/jailhouse" <<'END'
#!/bin/bash
work=$(dirname "$(dirname "$0")")
printf -v words ' <%s>' "$@"
echo "${words# }" >>"$work/asked"
if [ -e "$work/slow" ] && grep -qf "$work/slow" <<<"$*"; then sleep 5; fi
if [ -e "$work/refused" ] && grep -qf "$work/refused" <<<"$*"; then exit 1; fi
sysfs=$work/sysfs
case "$1 $2" in
enable*)
	mkdir -p "$sysfs/cells/0"
	echo root >"$sysfs/cells/0/name"
	echo 1 >"$sysfs/enabled"
	;;
disable*) rm -r "$sysfs" ;;
'cell create')
	# as the driver: the least number that is free
	id=1
	while [ -e "$sysfs/cells/$id" ]; do id=$((id + 1)); done
	mkdir "$sysfs/cells/$id"
	basename "$3" .cell >"$sysfs/cells/$id/name"
	;;
'cell destroy') rm -r "$(dirname "$(grep -lxF -e "$4" "$sysfs"/cells/*/name)")" ;;
esac
END
printf '%s\n' '#!/bin/sh' 'echo "systemctl $*" >>"${0%/bin/*}/asked"' >"$work/bin/systemctl"
chmod +x "$work"/bin/*

# run WORD: its status, and what it said, in $work/said; what it asked for, in $work/asked
run()
{
	: >"$work/asked"
	"$service" "$1" >"$work/said" 2>&1
}
asked() { cat "$work/asked"; }

printf '%s\n' '# the first one' '' 'cell create /etc/jailhouse/one.cell' \
	"cell load one \"an image\" -s 'a \"b\" \$HOME'" 'cell start one' >"$JAILHOUSE_CELLS/10-one.conf"
printf 'cell create two.cell\ncell start two' >"$JAILHOUSE_CELLS/20-two.conf"
printf '%s\n' 'cell create other.cell' >"$JAILHOUSE_CELLS/15-not-this.disabled"

run start
is "$? $(cat "$work/said")" '0 ' 'started'
is "$(asked)" '<enable>
systemctl --no-block start jailhouse-console.service
<cell> <create> </etc/jailhouse/one.cell>
<cell> <load> <one> <an image> <-s> <a "b" $HOME>
<cell> <start> <one>
<cell> <create> <two.cell>
<cell> <start> <two>' 'files in order, lines in order, the last one without an end, nothing is expanded'

# by hand, after the service
jailhouse cell create by-hand.cell
run stop
is "$? $(cat "$work/said")" '0 ' 'stopped'
is "$(asked)" '<cell> <shutdown> <--name> <by-hand>
<cell> <destroy> <--name> <by-hand> <--force>
<cell> <shutdown> <--name> <two>
<cell> <destroy> <--name> <two> <--force>
<cell> <shutdown> <--name> <one>
<cell> <destroy> <--name> <one> <--force>
<disable>' 'the last one first, and before them those of others'
run stop
is "$? $(asked)" '0 ' 'stopped again: there is nothing to do'

echo 'start one' >"$work/refused"
run start
is "$?" 0 'a cell that is refused does not keep the others away'
is "$(asked | tail -n 4)" '<cell> <shutdown> <--name> <one>
<cell> <destroy> <--name> <one> <--force>
<cell> <create> <two.cell>
<cell> <start> <two>' 'what a refused file has made is taken back'
is "$(cat "$work/said")" "<3>$JAILHOUSE_CELLS/10-one.conf: line 5 was refused, see above; its cells are not there. \
When it is right: systemctl restart jailhouse" 'the file and the line are told, as an error'
is "$(cat "$JAILHOUSE_STARTED")" two 'only what runs is stopped later'

echo 'shutdown --name two' >"$work/slow"
rm "$work/refused"
STOP_SECONDS=1 run stop
is "$? $(asked)" '0 <cell> <shutdown> <--name> <two>
<cell> <destroy> <--name> <two> <--force>
<disable>' 'a cell that does not answer is stopped'
is "$(cat "$work/said")" '<3>cell "two" did not agree to stop within 1 s: it is stopped without being asked' \
	'and that is told'

echo '^enable' >"$work/refused"
SYSTEM_CONFIG=/etc/jailhouse/mine.cell run start
is "$? $(asked)" '1 <enable> </etc/jailhouse/mine.cell>' 'no hypervisor, no cells, and the service has failed'
rm "$work/refused"

run start
jailhouse cell destroy --name one
run start
is "$(head -n 1 "$work/said")" 'the hypervisor is enabled already' 'an enabled hypervisor is used'

echo '^disable' >"$work/refused"
run stop
is "$?" 1 'a hypervisor that stays is a failure'

run restart
is "$? $(cat "$work/said")" '2 usage: service start | stop' 'other words are refused'

finish
