# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers

SUMMARY = "Static partitioning hypervisor, loaded by a running Linux"
DESCRIPTION = "Slides under a Linux that is running, and gives CPUs, memory and devices to cells for themselves."
LICENSE = "GPL-2.0-only & (GPL-2.0-only | BSD-2-Clause)"
LIC_FILES_CHKSUM = "file://COPYING;md5=9fa47416be8d106eeb32551f404cf4f0"

DEPENDS = "dtc"
COMPATIBLE_HOST = "aarch64.*-linux"

# This layer is part of the sources.
EXTERNALSRC = "${@os.path.realpath('${THISDIR}/../../../../..')}"

inherit externalsrc module systemd

SYSTEMD_SERVICE:${PN} = "jailhouse.service channeld.service"
SYSTEMD_AUTO_ENABLE = "disable"

# The module class builds what is in B; here the modules are one of several parts.
EXTRA_OEMAKE = "O=${B} KDIR=${STAGING_KERNEL_BUILDDIR} CROSS_COMPILE=${TARGET_PREFIX} CC_ARM64='${CC}' \
	LIBFDT=${B}/libfdt WERROR="

do_compile() {
	mkdir -p ${B}/libfdt/include ${B}/libfdt/arm64
	cp ${STAGING_INCDIR}/*fdt*.h ${B}/libfdt/include/
	cp ${STAGING_LIBDIR}/libfdt.a ${B}/libfdt/arm64/
	oe_runmake -C ${S} all
}

do_install() {
	oe_runmake -C ${S} DESTDIR=${D} PREFIX=${prefix} install
	rm ${D}${datadir}/jailhouse/manifest
}

FILES:${PN} += "${datadir} ${prefix}/lib ${nonarch_base_libdir}"
