#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# show.t JAILHOUSE: config show and config diff.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

jailhouse=$(realpath "${1:?path of the jailhouse command}")
top=$(cd "$(dirname "$0")/../.." && pwd)
dtb=$(realpath "$(dirname "$jailhouse")/../tests/trees/virt.dtb")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

cat >cell.c <<'END'
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem[4];
	struct jailhouse_irqchip chips[1];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE, .architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION, .name = "a<b", .cpu_set_size = 8,
		.num_memory_regions = 4, .num_irqchips = 1, .msg_reply_timeout = TIMEOUT, .flags = FLAGS,
	},
	.cpus = { 2 },
	.mem = {
		{ 0x50000000, 0, 0x100000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE |
			JAILHOUSE_MEM_LOADABLE },
		{ 0x9000000, 0x9000000, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32 |
			JAILHOUSE_MEM_ROOTSHARED },
		{ 0, 0x80000000, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_COMM_REGION },
		{ 0xb000000, 0xb000000, 0x2000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_REMOTE },
	},
	.chips = { { 0x8000000, 0, 32, { 0x70, 1 } } },
};
END

# cell NAME TIMEOUT [FLAGS]
cell()
{
	gcc -std=gnu11 -w -I"$top/include" -DTIMEOUT="$2" -DFLAGS="${3-0}" -c -o cell.o cell.c &&
		objcopy -O binary -j .data cell.o "$1"
}

# run ARGUMENT...: of config, what it says in out and err
run() { "$jailhouse" config "$@" >out 2>err; }

"$jailhouse" config create --dtb "$dtb" --binary system.cell
cell a.cell 0
cell b.cell 5000

run show a.cell
is "$? $(cat out err)" '0 cell "a<b"
  starts at    0x0
  flags        0x0
  CPUs         1
  memory 0     0x0050000000  1 MiB     rwx--l--  at 0x0
  memory 1     0x0009000000  4 KiB     r---i-s-  flags 0x40091
  memory 2     0x0000000000  4 KiB     r------c  at 0x80000000
  memory 3     0x000b000000  8 KiB     rw-----v
  interrupts   36-38,64' 'a cell'
run show system.cell
for line in 'system "dummy-virt"' '  hypervisor   0x0080000000  4 MiB' \
	'  GIC          version 3, GICD 0x8000000, GICR 0x80a0000, GICC 0x0' '  CPUs         0-1' \
	'  memory 0     0x0040000000  1 GiB     rwxd----' '  interrupts   32-1019'; do
	is "$(grep -c -x -F -e "$line" out)" 1 "the system: $line"
done

run show --map system.cell a.cell
is "$(head -n 1 out)" 'physical                  size       dummy-virt   a<b         ' 'a map'
is "$(grep -c -e '^0x0050000000-0x00500fffff 1 MiB      rwxd----     rwx--l--' out)" 1 '  memory that goes to a cell'
is "$(grep -c -e '^0x0009000000-0x0009000fff 4 KiB      rw--i---     r---i-s-' out)" 1 '  a device that is shared'
is "$(grep -c -e '^0x0080000000-0x00803fffff 4 MiB      HYPERVIS     \.' out)" 1 "  the hypervisor's memory"
run show system.cell a.cell
is "$(grep -c '^system\|^cell\|^physical' out)" 3 'listings and the map of two'
run show --svg map.svg system.cell a.cell
is "$? $(cat out err)" '0 ' 'a picture'
is "$(python3 -c '
import xml.etree.ElementTree as tree
print(sum(e.tag.endswith("rect") for e in tree.parse("map.svg").iter()) > 10)')" True '  which is SVG'
run show --svg /nowhere/x a.cell
is "$? $(grep -c 'cannot write' err)" '1 1' '  that cannot be written'

create() { "$jailhouse" config create --dtb "$dtb" --cell --name a --ram 1M --binary "$@"; }
create --share 0:500/1ms shared.cell
create --share 0 --cpus 1 --cyclic 1ms --slot 0+50 --slot 100+25 --defer 20 plan.cell
run show shared.cell
is "$(grep CPUs out)" '  CPUs         none of its own
  shared CPUs  0, priority 500/1000 us' 'shared CPUs'
run show plan.cell
is "$(grep CPUs out)" '  CPUs         1
  shared CPUs  0, cyclic 1000 0+50 100+25 defer 20 us' '  by a plan'
run diff shared.cell plan.cell
is "$? $(cat out)" '1 -  CPUs         none of its own
-  shared CPUs  0, priority 500/1000 us
+  CPUs         1
+  shared CPUs  0, cyclic 1000 0+50 100+25 defer 20 us' '  and how they differ'

run diff a.cell a.cell
is "$? $(cat out err)" '0 ' 'no difference'
run diff a.cell b.cell
is "$? $(cat out err)" '1 +  answers in   5000 us' 'a difference'
cell p.cell 0 JAILHOUSE_CELL_PERMISSIVE
run diff a.cell p.cell
is "$? $(cat out)" '1 -  flags        0x0
+  flags        0x1000, PERMISSIVE' '  of a permissive cell'
{ cat a.cell; echo; } >c.cell
run diff a.cell c.cell
is "$? $(cat out)" "1 they differ in what 'config show' does not show" 'one that is not shown'
run diff a.cell
is $? 2 'one file is too few'
head -c 200 a.cell >cut.cell
run show cut.cell
is "$? $(grep -c 'is truncated' err)" '1 1' 'a truncated file'
for bytes in 40 "$(($(stat -c %s system.cell) - 1))"; do
	head -c "$bytes" system.cell >cut.cell
	run show cut.cell
	is "$? $(grep -c 'is truncated' err)" '1 1' "the first $bytes bytes of a system's"
done
run show cell.c
is "$? $(grep -c 'is not a configuration' err)" '1 1' 'no configuration'

finish
