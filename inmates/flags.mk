# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
#
# How a program for a cell is compiled and linked: in this tree (Makefile) and out of it (inmate.mk).

INMATE_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-common -fno-pic -fno-stack-protector -ffunction-sections \
	-fdata-sections -fno-asynchronous-unwind-tables -mstrict-align -mno-outline-atomics
INMATE_LDFLAGS := -nostdlib -static --gc-sections --build-id=none -z noexecstack -z max-page-size=4096 --fatal-warnings

# Interrupt handlers run without saving FP registers, and code runs with the MMU off: no FP, nothing unaligned.
INMATE_NO_FP := -mgeneral-regs-only

# The real-time kernel saves FP registers, and reports an integer division by zero if it is trapped.
RTOS_CFLAGS := -fsanitize=integer-divide-by-zero -fsanitize-undefined-trap-on-error
# A function with much on its stack must not step over the guard page; clang cannot do this for arm64.
ifneq ($(LLVM),1)
RTOS_CFLAGS += -fstack-clash-protection --param=stack-clash-protection-guard-size=12
endif
