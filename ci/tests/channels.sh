#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Channels by name between root and cells: the manager as an inmate and as a program of root, messages that wait for who
# is not there yet, restarts, bulk, and several programs of root at once.

# shellcheck disable=SC2016 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

LINK=0001:00:00.0
OTHER=0001:00:02.0
SOCKET=/run/channels

details() { cat /tmp/out; tail -n 20 $CONSOLE; }
has() { grep -q "$1" /tmp/out; }
# asks MANAGER COUNT [BYTES]
asks() { channel-demo $LINK "$1" connect echo "$2" ${3:+"$3"} >/tmp/out 2>&1; }

modprobe uio_ivshmem
enable
create ivshmem-a ivshmem-b || exit 1

plan 42
check "the manager is a cell" 'start ivshmem-b channeld && said "channeld: manager of the link, peer 2"'
asks 2 100 &
asker=$!
check "root asks for who is not there yet" 'wait_for has "nobody listens to echo yet"'
start ivshmem-a channel-demo "manager=2 listen=echo"
check "a cell listens to that name" 'said "peer 0 has a channel to echo"'
check "which answers what has waited, and the rest" 'wait $asker && has "100 answers from echo"'
check "the cell hears that root has closed" 'said "peer 0 has left after 100 messages"'
jailhouse cell shutdown ivshmem-b && start ivshmem-b channeld
check "a manager that restarts knows the name again" 'asks 2 10 && has "10 answers"'
jailhouse cell shutdown ivshmem-a && start ivshmem-a channel-demo "manager=2 listen=echo interrupt"
check "so does the cell that listens, now by its interrupt handler" 'asks 2 10 && has "10 answers"'
check "root sends it more than its section holds" 'asks 2 1 60000 && has "60000 bytes of bulk to echo"'

channeld --socket $SOCKET --manager 2 $LINK >/tmp/agent 2>&1 &
agent=$!
check "programs of root can share its place on the link" 'wait_for grep -q "can come to $SOCKET" /tmp/agent'
channel-demo $SOCKET 0 listen root >/tmp/listens 2>&1 &
listens=$!
channel-demo $SOCKET 0 connect echo 200 >/tmp/first 2>&1 &
first=$!
channel-demo $SOCKET 0 connect root 50 >/tmp/out 2>&1
check "one has a channel to another" 'has "50 answers from root"'
check "while it has one to the cell" 'wait $first && grep -q "200 answers from echo" /tmp/first'
jailhouse cell shutdown ivshmem-a && start ivshmem-a channel-demo "manager=2 connect=root count=20 bulk=9000"
check "a cell finds a name of theirs" 'said "20 answers from root"'
check "and sends it bulk, too" 'said "9000 bytes of bulk to root"'
kill $listens $agent
check "what shares the place ends when it is asked to" 'wait $agent'
jailhouse cell shutdown ivshmem-a
jailhouse cell shutdown ivshmem-b

# manage RULES: the manager is in cell b, with these
manage()
{
	jailhouse cell load ivshmem-b $INMATES/channeld.bin \
		-s "con-type=none con-virtual=1 rules=0x200000" -a 0x1000 "$1" -a 0x200000 || return 1
	runs=$((runs + 1))
	jailhouse cell start ivshmem-b
}
printf '%s\n' 'peer 0 root' 'peer 1 cell:ivshmem-a' 'listen echo cell:ivshmem-a' 'connect echo root' 'default deny' \
	end >/tmp/rules
check "a manager in a cell reads rules that lie beside it" \
      'manage /tmp/rules && said "channeld: rules: 2 rules; for all other names: nobody may"'
start ivshmem-a channel-demo "manager=2 listen=echo"
check "who may listen and connect do" 'asks 2 10 && has "10 answers from echo"'
check "who may not is refused" '! channel-demo $LINK 2 listen echo >/tmp/out && has "error -13"'
check "which the cell says, with the rule" 'said "the link: peer 0 may not listen to \"echo\": rules:3"'
jailhouse cell shutdown ivshmem-a
jailhouse cell shutdown ivshmem-b
sed -i 's/^default deny/default never/' /tmp/rules
check "with rules that are wrong, nobody manages" \
      'manage /tmp/rules && said "rules:5: the default is allow or deny" && wait_for stopped ivshmem-b &&
       [ "$(state ivshmem-b)" = failed ]'

rm -f /tmp/out	# of one before
channeld --socket $SOCKET $LINK >/tmp/out 2>&1 &
manager=$!
check "the manager is a program of root" 'wait_for has "can come to $SOCKET"'
start ivshmem-a channel-demo "manager=0 listen=echo"
start ivshmem-b channel-demo "manager=0 connect=echo count=50 bulk=30000"
check "a cell has a channel to another" 'said "50 answers from echo"'
check "and sends it bulk" 'said "30000 bytes of bulk to echo"'
check "and a program of root beside the manager has one to it" \
      'channel-demo $SOCKET 0 connect echo 30 9000 >/tmp/first 2>&1 && grep -q "30 answers from echo" /tmp/first'
check "by which its bulk goes, too" 'grep -q "9000 bytes of bulk to echo" /tmp/first'
check "who talks is seen, by the names of cells" \
      'jailhouse channel list -s $SOCKET | tr -s " " >/tmp/seen; grep -q "^echo $LINK name 0 1 ivshmem-a" /tmp/seen'
check "a shell talks to a cell" '[ "$(jailhouse channel send echo hello --answer -s $SOCKET)" = hello ]'
start ivshmem-b rtos-channels "manager=0 askers=3 count=50 bulk=16000"
channel-demo $SOCKET 0 connect rtos 40 >/tmp/first 2>&1 &
asker=$!
check "threads of a real-time program wait in calls for channels of their own" \
      'said "asker 1: 50 answers" && said "asker 2: 50 answers" && said "asker 3: 50 answers"'
check "and send bulk at the same time" \
      'said "asker 1: .*16000 bytes of bulk" && said "asker 2: .*16000 bytes" && said "asker 3: .*16000 bytes"'
check "one of them answers root meanwhile" 'wait $asker && grep -q "40 answers from rtos" /tmp/first'
check "and hears that it has closed" 'said "has left after 40 messages: error -32"'
start ivshmem-b rtos-channels "manager=0 answers=3 count=0 pause=10 close=2000"
check "a link is closed under threads that wait for it" 'said "the link is closed"'
check "which leave their calls, and say why" \
      'said "asker 1: error -\(19\|104\) after [1-9]" && said "asker 2: error -\(19\|104\) after [1-9]"'
check "also those that wait for somebody" \
      'wait_for last_run_said "cannot listen: error -19" && [ "$(grep -c "cannot listen: error -19" $SAID)" = 3 ]'
kill $manager
check "the manager ends when it is asked to" 'wait $manager'
check "and nothing was odd" 'has "9 channels opened, .* 0 lost, 0 refused, 0 denied, 0 violations"'

printf '%s\n' 'private echo cell:ivshmem-a cell:ivshmem-b' 'connect echo/* root' >/tmp/rules
rm -f /tmp/out	# of one before
channeld --socket $SOCKET --access /tmp/rules $LINK >/tmp/out 2>&1 &
manager=$!
check "a name is private to two cells" \
      'wait_for has "can come" && jailhouse cell shutdown ivshmem-b && \
       start ivshmem-b channel-demo "manager=0 connect=echo count=70" && said "70 answers from echo"'
check "and root is refused" '! channel-demo $SOCKET 0 connect echo 1 >/tmp/first && grep -q "error -13" /tmp/first'
check "which is told, with the rule" 'has "local: peer 1 may not connect to \"echo\": /tmp/rules:1"'
jailhouse cell shutdown ivshmem-b && start ivshmem-b channel-demo "manager=0 connect=echo/1 count=1"
check "a cell is refused what is for root" \
      'said "no answer from echo/1: error -13" && has "$LINK: peer 2 may not connect to \"echo/1\": /tmp/rules:2"'
kill $manager
wait $manager

jailhouse cell shutdown ivshmem-a
jailhouse cell shutdown ivshmem-b
rm -f /tmp/out	# of one before
channeld --socket $SOCKET $LINK $OTHER >/tmp/out 2>&1 &
manager=$!
wait_for has "can come"
start ivshmem-a channel-demo "link=02.0 manager=0 listen=one"
start ivshmem-b channel-demo "manager=0 listen=two"
check "programs of root have channels to cells on two links" \
      'channel-demo $SOCKET 0 connect one 20 >/tmp/first && channel-demo $SOCKET 0 connect two 20 >>/tmp/first'
check "which are told apart" \
      'jailhouse channel list -s $SOCKET | tr -s " " >/tmp/seen
       grep -q "^one $OTHER name 0 1 ivshmem-a" /tmp/seen && grep -q "^two $LINK name 0 2 ivshmem-b" /tmp/seen'
kill $manager
check "and left in order" 'wait $manager && has "channeld: $OTHER: .* 1 channels opened, .* 0 violations"'
jailhouse cell destroy ivshmem-a
jailhouse cell destroy ivshmem-b
leave || result=1
exit $result
