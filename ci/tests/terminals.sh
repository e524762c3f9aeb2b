#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# What people use on the terminal of a cell's console, /run/jailhouse/CELL/tty: Debian's picocom and screen, and a
# getty, at which the program in the cell logs in.

. /usr/share/cellblock/test.sh

CELL=remote
TTY=/run/jailhouse/$CELL/tty
SHOWN=/tmp/shown	# on the terminal of who uses it
KEYS=/tmp/keys

details() { cat $SHOWN $SAID; }

shown() { wait_for grep -q "$1" $SHOWN; }

# listens [login]: a new life of the program in the cell
listens() { start $CELL window-uart "$1" && said '^listens'; }

# uses COMMAND...: on a terminal of its own
uses()
{
	: >$SHOWN
	/tests/on-terminal "$@" <$KEYS >$SHOWN 2>&1 &
	user=$!
	exec 3>$KEYS
}

# types WORDS KEYS: and is answered; by KEYS it ends
types()
{
	printf '%s\r' "$1" >&3
	shown "$(echo "$1" | tr a-z A-Z)" && printf "$2" >&3 && wait $user
}

enable
ln -s /terminals/lib/* /lib/
export TERMINFO=/terminals/terminfo SCREENDIR=/tmp/screens
mkdir -m 700 $SCREENDIR
mkdir -p /var/lock
mkfifo $KEYS

plan 6
jailhouse cell create $ETC/qemu-arm64-$CELL.cell --console && listens
report "a program has a UART of cell-devices" $?
uses /terminals/picocom $TTY
shown '^Terminal ready' && types 'by picocom' '\001\030'
report "it answers at picocom" $?
uses /terminals/screen $TTY
types 'on a screen' '\001:quit\r'
report "it answers at a screen" $?
jailhouse cell shutdown $CELL && listens login
cat >/tmp/login <<'END'
#!/bin/sh
echo "welcome $2!"
END
chmod +x /tmp/login
setsid getty -i -l /tmp/login 115200 $TTY vt100 </dev/null >$SHOWN 2>&1 &
getty=$!
wait_for stopped $CELL && said 'heard: .*cellblock login: .*welcome cell!' && wait $getty
report "at a getty it is asked for its name, and welcome" $?
stty -F $TTY raw -echo
uses jailhouse console $CELL
listens && types 'said once' '\035' && ! grep -q TYPE $SHOWN
report "with the terminal's settings put back, nothing that it says comes back to it" $?
jailhouse cell destroy $CELL && wait_for eval '! pidof cell-devices >/dev/null' && [ "$(nproc)" = 4 ] && leave
report "all is as before" $?
exit $result
