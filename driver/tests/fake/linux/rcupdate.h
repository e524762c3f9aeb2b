/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_RCUPDATE_H
#define FAKE_LINUX_RCUPDATE_H

#define rcu_read_lock()		(void)0
#define rcu_read_unlock()	(void)0

#endif /* FAKE_LINUX_RCUPDATE_H */
