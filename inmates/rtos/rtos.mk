# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
#
# Included by ../Makefile: the real-time kernel as a library, and the programs that are linked with it. The kernel uses
# general registers only; programs may use floating point, also in interrupt handlers, and have an integer division by
# zero trapped, which the kernel reports.

RTOS_SOURCES := $(wildcard rtos/kernel/*.c)
RTOS_ASM := $(wildcard rtos/port/*.S)
RTOS_ALL_OBJECTS := $(RTOS_SOURCES:%.c=$(OUT)/%.o) $(RTOS_ASM:%.S=$(OUT)/%.o)
RTOS_OBJECTS := $(filter-out %/sched_up.o,$(RTOS_ALL_OBJECTS))
# The same for cells of one CPU.
RTOS_UP_OBJECTS := $(patsubst $(OUT)/rtos/%,$(OUT)/rtos-up/%,$(filter-out %/sched_smp.o,$(RTOS_ALL_OBJECTS)))
RTOS_TESTS := $(patsubst rtos/tests/%.c,tests/rtos-%,$(wildcard rtos/tests/*.c))
# Programs that are linked with the library for one CPU too, as NAME-up.
RTOS_UP = $(RTOS_TESTS) $(RTOS_BENCH)
RTOS_PROGRAMS := $(patsubst rtos/demos/%.c,rtos/%,$(wildcard rtos/demos/*.c)) $(RTOS_TESTS)
RTOS_APP := $(RTOS_CFLAGS) -Irtos/include

$(RTOS_OBJECTS) $(RTOS_UP_OBJECTS): CPPFLAGS += -Irtos/include
$(RTOS_UP_OBJECTS): CPPFLAGS += -DRTOS_UP
# What no row of ci/bench/bench kernels goes through is built for size.
RTOS_COLD := accounting alloc cond cpus fault irq kernel link main measure object print sched skin stack thread_end
RTOS_COLD := $(foreach n,$(RTOS_COLD),$(OUT)/rtos/kernel/$(n).o $(OUT)/rtos-up/kernel/$(n).o)
$(RTOS_COLD): CFLAGS += -Os
# Nobody follows frame pointers: a fault is printed with pc, lr and sp, and a debugger has -g.
$(RTOS_OBJECTS) $(RTOS_UP_OBJECTS): CFLAGS += -fomit-frame-pointer
# The rows count instructions: none is spent on going past an alignment, or on a frame in several places. clang has
# neither.
ifneq ($(LLVM),1)
$(RTOS_OBJECTS) $(RTOS_UP_OBJECTS): CFLAGS += -fno-shrink-wrap -fno-align-functions -fno-align-loops \
	-fno-align-jumps -fno-align-labels
endif

$(OUT)/rtos/port/%.o: rtos/port/%.S $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,AS,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(ASFLAGS) -c -o $@ $<

$(OUT)/rtos-up/port/%.o: rtos/port/%.S $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,AS,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(ASFLAGS) -c -o $@ $<

$(OUT)/rtos-up/kernel/%.o: rtos/kernel/%.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(CFLAGS) $(NO_FP) -c -o $@ $<

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
RTOS_TEST_ELFS := $(RTOS_TESTS:%=$(OUT)/%.elf) $(RTOS_TESTS:%=$(OUT)/%-up.elf)
$(RTOS_TEST_ELFS): $(RTOS_HARNESS)
$(RTOS_TEST_ELFS): RTOS_OWN = $(RTOS_HARNESS)

$(RTOS_HARNESS): rtos/tests/lib/harness.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(CFLAGS) $(RTOS_APP) -c -o $@ $<

# A program may have an alloc() or a kernel of its own: what is not the API is local. config.o and main.o stay apart, as
# rtos_config of a program and inmate_main() of libposix.a take their place. Sections of the same name stay apart
# (--unique), so that each is linked or not by itself.
RTOS_NAMES := os[A-Z]* rtos_*

$(OUT)/rtos/kernel.o: $(filter-out %/config.o %/main.o,$(RTOS_OBJECTS))
$(OUT)/rtos-up/kernel.o: $(filter-out %/config.o %/main.o,$(RTOS_UP_OBJECTS))
$(OUT)/rtos/kernel.o $(OUT)/rtos-up/kernel.o:
	$(call say,LD,$@)
	$(Q)$(LD_ARM64) -r --unique -o $@ $^
	$(Q)$(OBJCOPY_ARM64) --wildcard $(RTOS_NAMES:%='--keep-global-symbol=%') $@

$(OUT)/rtos/librtos.a: $(OUT)/rtos/kernel.o $(OUT)/rtos/kernel/config.o $(OUT)/rtos/kernel/main.o
$(OUT)/rtos-up/librtos-up.a: $(OUT)/rtos-up/kernel.o $(OUT)/rtos-up/kernel/config.o $(OUT)/rtos-up/kernel/main.o
$(OUT)/rtos/librtos.a $(OUT)/rtos-up/librtos-up.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR_ARM64) rcs $@ $^

# Of ci/bench, which says where it is; not among those that are always built.
RTOS_BENCH := thread-bench period-bench kernel-bench
$(RTOS_BENCH:%=$(OUT)/%.o): NO_FP := $(RTOS_APP)

# Each library uses the other: lib.a calls inmate_main(), which calls main().
RTOS_LINK = $(LD_ARM64) $(LDFLAGS) -T $(OUT)/lib/inmate.lds -Map $(@:.elf=.map) -o $@ $(START_OBJECTS) $< $(RTOS_OWN) \
	--start-group $(filter %.a,$^) --end-group
RTOS_LINKED := $(START_OBJECTS) $(OUT)/lib/lib.a $(OUT)/lib/inmate.lds
RTOS_ALL := $(RTOS_PROGRAMS) $(RTOS_BENCH)

$(RTOS_ALL:%=$(OUT)/%.elf): $(OUT)/%.elf: $(OUT)/%.o $(OUT)/rtos/librtos.a $(RTOS_LINKED)
	$(call say,LD,$@)
	$(Q)$(RTOS_LINK)

$(RTOS_UP:%=$(OUT)/%-up.elf): $(OUT)/%-up.elf: $(OUT)/%.o $(OUT)/rtos-up/librtos-up.a $(RTOS_LINKED)
	$(call say,LD,$@)
	$(Q)$(RTOS_LINK)
