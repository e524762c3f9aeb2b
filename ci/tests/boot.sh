#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Are the machine and the products what the other tests take for granted?

# shellcheck disable=SC2016 # "check" evaluates its second argument
. /usr/share/cellblock/test.sh

details() { dmesg | tail -n 10; }

plan 6
check "Linux runs on all CPUs of the machine" '[ "$(nproc)" = "$(ls -d /proc/device-tree/cpus/cpu@* | wc -l)" ]'
check "the hypervisor image is in place" '[ -s /lib/firmware/jailhouse.bin ]'
check "the driver is built for this kernel" 'modprobe jailhouse && rmmod jailhouse'
check "the command runs" 'jailhouse --version >/dev/null'
check "configurations are in place" '[ -s /etc/jailhouse/qemu-arm64.cell ]'
check "inmates are in place" '[ -s /usr/share/jailhouse/inmates/timer-demo.bin ]'
exit $result
