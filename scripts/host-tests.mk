# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Included by the Makefiles of host tests, after toolchain.mk. The tests speak TAP. A Makefile says:
#	OUT		where they are built
#	TESTS		their names; each has a source of its name, and those that a variable of its name lists
#	CPPFLAGS	what all of them need
# and where sources are, by vpath.

TAP := $(TOP)/hypervisor/tests
CPPFLAGS += -I$(TAP) -MMD -MP
CFLAGS := -std=gnu11 -g -O1 -fno-omit-frame-pointer $(WARNINGS) \
	-fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS := -fsanitize=address,undefined -pthread

.PHONY: all check clean
all: $(TESTS:%=$(OUT)/%)

check: all
	$(Q)prove --nocolor --exec '' $(TESTS:%=$(OUT)/%)

define test_rules
$(OUT)/$(1): $(OUT)/$(1).o $(OUT)/tap.o $($(1):%=$(OUT)/%.o)
	$$(call say,HOSTLD,$$@)
	$(Q)$(HOSTCC) $(LDFLAGS) -o $$@ $$^
endef
$(foreach test,$(TESTS),$(eval $(call test_rules,$(test))))

vpath tap.c $(TAP)

$(OUT)/%.o: %.c Makefile
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

clean:
	$(Q)rm -rf $(OUT)

-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d)
