// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* The ID registers that cells see. */

#include <arch/sysreg.h>

#include "features.h"

enum feature_register {
#define NUMBER(crm, op2, name)	name,
	FEATURE_REGISTERS(NUMBER)
};

/* Highest values of all fields of a register */
#define HIGHEST_IF(wanted, reg, name, lsb, value) \
	| ((reg) == (wanted) ? (u64)(value) << (lsb) : 0)
#define HIGHEST(reg)		(0 FEATURES(HIGHEST_IF, reg))

/* 15 says in some fields that there is nothing. */
static u64 lower(u64 field, u64 highest)
{
	if (field <= highest)
		return field;
	return field == 15 ? 0 : highest;
}

static u64 limit(u64 raw, u64 highest)
{
	u64 shown = 0;

	for (unsigned int lsb = 0; lsb < 64; lsb += 4)
		shown |= lower(ID_FIELD(raw, lsb), ID_FIELD(highest, lsb)) << lsb;
	return shown;
}

u64 features_read(unsigned int crm, unsigned int op2)
{
#define CASE(crm, op2)		case (crm) << 3 | (op2)
#define READ(crm, op2)		read_sysreg(s3_0_c0_c##crm##_##op2)
#define LIMITED(crm, op2, reg)	CASE(crm, op2): return limit(READ(crm, op2), HIGHEST(reg));
#define PLAIN(crm, op2)		CASE(crm, op2): return READ(crm, op2);
	switch (crm << 3 | op2) {
	FEATURE_REGISTERS(LIMITED)
	PLAIN_REGISTERS(PLAIN)
	default:
		return 0;
	}
}
