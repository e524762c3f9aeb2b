/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_POWER_KEY_H
#define DEVICES_POWER_KEY_H

/*
 * Who connects to the socket "power" in the cell's folder presses the guest's power key. He
 * gets a byte: POWER_KEY_PRESSED, or POWER_KEY_UNHEARD if no driver of the guest's listens.
 */

#include "devices/folder.h"
#include "devices/loop.h"

#define POWER_KEY_FILE		"power"
#define POWER_KEY_PRESSED	'+'
#define POWER_KEY_UNHEARD	'-'

struct pl061;

struct power_key {
	struct loop_watch watch;
	struct pl061 *gpio;
	const struct folder *folder;
};

/* 0, or -1 after saying what is wrong. */
int power_key_open(struct power_key *key, const struct folder *folder, struct pl061 *gpio);
void power_key_close(struct power_key *key);

#endif /* DEVICES_POWER_KEY_H */
