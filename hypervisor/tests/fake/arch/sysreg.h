/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_ARCH_SYSREG_H
#define FAKE_ARCH_SYSREG_H

/* The names of bits are arm64's own; the registers are those of fake/sysreg.h. */
#include "../../../arch/arm64/include/arch/sysreg.h"
#include "../sysreg.h"

#undef read_sysreg
#undef write_sysreg
#define read_sysreg(reg)		fake_sysreg_read(SYSREG_NAME(reg))
#define write_sysreg(value, reg)	fake_sysreg_write(SYSREG_NAME(reg), value)

/* accesses are in order here */
#undef isb
#undef dsb
#undef dmb
#define isb()		((void)0)
#define dsb(option)	((void)0)
#define dmb(option)	((void)0)

#undef psb_csync
#undef tsb_csync
#define psb_csync()	fake_instruction("psb csync")
#define tsb_csync()	fake_instruction("tsb csync")

#undef wfi
#undef wfit
#undef wfe
#undef sev
#define wfi()		fake_instruction("wfi")
#define wfit(time)	(fake_sysreg_write("wfit", time), fake_instruction("wfit"))
#define wfe()		fake_instruction("wfe")
#define sev()		fake_instruction("sev")

#endif /* FAKE_ARCH_SYSREG_H */
