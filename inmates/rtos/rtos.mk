# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
#
# Included by ../Makefile: the real-time kernel as a library, and the programs that are linked with it. The kernel uses
# general registers only; programs may use floating point, also in interrupt handlers, and have an integer division by
# zero trapped, which the kernel reports.

RTOS_SOURCES := $(wildcard rtos/kernel/*.c)
RTOS_ASM := $(wildcard rtos/port/*.S)
RTOS_OBJECTS := $(RTOS_SOURCES:%.c=$(OUT)/%.o) $(RTOS_ASM:%.S=$(OUT)/%.o)
RTOS_TESTS := $(patsubst rtos/tests/%.c,tests/rtos-%,$(wildcard rtos/tests/*.c))
RTOS_PROGRAMS := $(patsubst rtos/demos/%.c,rtos/%,$(wildcard rtos/demos/*.c)) $(RTOS_TESTS)
RTOS_APP := $(RTOS_CFLAGS) -Irtos/include

$(RTOS_OBJECTS): CPPFLAGS += -Irtos/include

$(OUT)/rtos/port/%.o: rtos/port/%.S $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,AS,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(ASFLAGS) -c -o $@ $<

$(OUT)/rtos/%.o: rtos/demos/%.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(CFLAGS) $(RTOS_APP) -c -o $@ $<

$(OUT)/tests/rtos-%.o: rtos/tests/%.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(CFLAGS) $(RTOS_APP) -c -o $@ $<

# What all tests are linked with.
RTOS_HARNESS := $(OUT)/tests/lib/rtos-harness.o
$(RTOS_TESTS:%=$(OUT)/%.elf): $(RTOS_HARNESS)
$(RTOS_TESTS:%=$(OUT)/%.elf): RTOS_OWN = $(RTOS_HARNESS)

$(RTOS_HARNESS): rtos/tests/lib/harness.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(CFLAGS) $(RTOS_APP) -c -o $@ $<

# A program may have an alloc() or a kernel of its own: what is not the API is local. config.o stays apart, as
# rtos_config of a program takes its place.
RTOS_CONFIG := $(OUT)/rtos/kernel/config.o
RTOS_NAMES := os[A-Z]* rtos_* inmate_main

$(OUT)/rtos/kernel.o: $(filter-out $(RTOS_CONFIG),$(RTOS_OBJECTS))
	$(call say,LD,$@)
	$(Q)$(LD_ARM64) -r -o $@ $^
	$(Q)$(OBJCOPY_ARM64) --wildcard $(RTOS_NAMES:%='--keep-global-symbol=%') $@

$(OUT)/rtos/librtos.a: $(OUT)/rtos/kernel.o $(RTOS_CONFIG)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR_ARM64) rcs $@ $^

# Of ci/bench, which says where it is; not among those that are always built.
RTOS_BENCH := thread-bench kernel-bench
$(RTOS_BENCH:%=$(OUT)/%.o): NO_FP := $(RTOS_APP)

# Each library uses the other: lib.a calls inmate_main(), which calls main().
$(RTOS_PROGRAMS:%=$(OUT)/%.elf) $(RTOS_BENCH:%=$(OUT)/%.elf): $(OUT)/%.elf: $(OUT)/%.o $(START_OBJECTS) \
		$(OUT)/rtos/librtos.a $(OUT)/lib/lib.a $(OUT)/lib/inmate.lds
	$(call say,LD,$@)
	$(Q)$(LD_ARM64) $(LDFLAGS) -T $(OUT)/lib/inmate.lds -Map $(@:.elf=.map) -o $@ $(START_OBJECTS) $< $(RTOS_OWN) \
		--start-group $(OUT)/rtos/librtos.a $(OUT)/lib/lib.a --end-group
