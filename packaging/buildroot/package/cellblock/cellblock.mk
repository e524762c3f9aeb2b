# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers

CELLBLOCK_SITE = $(BR2_EXTERNAL_CELLBLOCK_PATH)/../..
CELLBLOCK_SITE_METHOD = local
CELLBLOCK_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude .cache --exclude build
CELLBLOCK_VERSION = $(shell cat $(CELLBLOCK_SITE)/VERSION)
CELLBLOCK_LICENSE = GPL-2.0, GPL-2.0 or BSD-2-Clause (what cells are built from)
CELLBLOCK_LICENSE_FILES = COPYING LICENSES/GPL-2.0-only.txt LICENSES/BSD-2-Clause.txt
CELLBLOCK_DEPENDENCIES = dtc linux

# The device tree library where our tools look for it.
CELLBLOCK_LIBFDT = $(@D)/libfdt
CELLBLOCK_MAKE_OPTS = O=$(@D)/build KDIR=$(LINUX_DIR) CROSS_COMPILE=$(TARGET_CROSS) LIBFDT=$(CELLBLOCK_LIBFDT) WERROR=

define CELLBLOCK_BUILD_CMDS
	mkdir -p $(CELLBLOCK_LIBFDT)/include $(CELLBLOCK_LIBFDT)/arm64
	cp $(STAGING_DIR)/usr/include/*fdt*.h $(CELLBLOCK_LIBFDT)/include/
	cp $(STAGING_DIR)/usr/lib/libfdt.a $(CELLBLOCK_LIBFDT)/arm64/
	$(MAKE) -C $(@D) $(CELLBLOCK_MAKE_OPTS) all
endef

define CELLBLOCK_INSTALL_TARGET_CMDS
	$(MAKE) -C $(@D) $(CELLBLOCK_MAKE_OPTS) DESTDIR=$(TARGET_DIR) PREFIX=/usr install
endef

$(eval $(generic-package))
