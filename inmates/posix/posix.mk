# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
#
# Included by ../Makefile after rtos.mk: POSIX on top of the real-time kernel, which one library serves for one CPU and
# for several, and the programs that are linked with it. posix/demos/*.c become posix/*, posix/tests/*.c tests/posix-*.

POSIX_OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(wildcard posix/src/*.c))
POSIX_TESTS := $(patsubst posix/tests/%.c,tests/posix-%,$(wildcard posix/tests/*.c))
POSIX_PROGRAMS := $(patsubst posix/demos/%.c,posix/%,$(wildcard posix/demos/*.c)) $(POSIX_TESTS)
POSIX_APP := $(RTOS_APP) -Iposix/include

$(POSIX_OBJECTS): CPPFLAGS += -Irtos/include -Iposix/include
$(POSIX_OBJECTS): CFLAGS += -Os

$(OUT)/posix/%.o: posix/demos/%.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(CFLAGS) $(POSIX_APP) -c -o $@ $<

$(OUT)/tests/posix-%.o: posix/tests/%.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC_ARM64) $(CPPFLAGS) $(CFLAGS) $(POSIX_APP) -c -o $@ $<

# As of the kernel: what is not the API is local.
POSIX_NAMES := pthread_* sem_* mq_* sched_* clock_* timer_* nanosleep time posix_errno posix_cleanup_* inmate_main

$(OUT)/posix/all.o: $(POSIX_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(LD_ARM64) -r --unique -o $@ $^
	$(Q)$(OBJCOPY_ARM64) --wildcard $(POSIX_NAMES:%='--keep-global-symbol=%') $@

$(OUT)/posix/libposix.a: $(OUT)/posix/all.o
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR_ARM64) rcs $@ $^

# Ahead of the kernel's library, whose inmate_main() it replaces.
$(POSIX_PROGRAMS:%=$(OUT)/%.elf): $(OUT)/%.elf: $(OUT)/%.o $(OUT)/posix/libposix.a $(OUT)/rtos/librtos.a $(RTOS_LINKED)
	$(call say,LD,$@)
	$(Q)$(RTOS_LINK)

$(POSIX_TESTS:%=$(OUT)/%-up.elf): $(OUT)/%-up.elf: $(OUT)/%.o $(OUT)/posix/libposix.a $(OUT)/rtos-up/librtos-up.a \
		$(RTOS_LINKED)
	$(call say,LD,$@)
	$(Q)$(RTOS_LINK)
