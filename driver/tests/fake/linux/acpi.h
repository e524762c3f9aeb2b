/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_ACPI_H
#define FAKE_LINUX_ACPI_H

#define CONFIG_ACPI
#define ACPI_FADT_PSCI_USE_HVC	(1 << 1)

struct acpi_table_fadt {
	u16 arm_boot_flags;
};

struct acpi_table_fadt fake_fadt(void);

#define acpi_disabled		(!fake_linux.has_acpi)
#define acpi_gbl_FADT		fake_fadt()

#endif /* FAKE_LINUX_ACPI_H */
