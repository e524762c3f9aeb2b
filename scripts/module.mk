# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Included by the Makefiles of kernel modules, after toolchain.mk. They say:
#	OUT		the folder for this kernel release
#	MODULE		what is built there; the kernel's make builds all that Kbuild names
#	SOURCES		files, all that Kbuild needs
#	MODULE_ARGS	variables for Kbuild

.PHONY: all FORCE
all: $(OUT)/$(MODULE)

# The kernel's make writes beside the sources: it gets a folder of links to them.
LINKS := $(addprefix $(OUT)/,Kbuild $(SOURCES))

$(LINKS): $(OUT)/%: %
	@mkdir -p $(@D)
	@ln -sf $(abspath $<) $@

kbuild = $(if $(KRELEASE),,$(error no kernel in $(KDIR): run ci/fetch $(KERNEL), or set KDIR)) \
	$(MAKE) -s -C $(KDIR) M=$(OUT) $(KBUILD_ARGS) $(if $(Q),,V=1) $(MODULE_ARGS)

# The kernel's make knows best what is out of date.
FORCE:

$(OUT)/$(MODULE): FORCE $(LINKS)
	$(call say,KBUILD,$@)
	+$(Q)$(kbuild) modules
