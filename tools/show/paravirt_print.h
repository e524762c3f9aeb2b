/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_PARAVIRT_PRINT_H
#define TOOLS_PARAVIRT_PRINT_H

/*
 * Prints what a cell's guest says of the CPUs that it shares (cellblock/paravirt.h);
 * nothing if it says nothing.
 */
void paravirt_print(unsigned int cell);

#endif /* TOOLS_PARAVIRT_PRINT_H */
