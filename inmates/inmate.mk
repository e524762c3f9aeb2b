# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
#
# Included by the Makefile of a program that is not in Cellblock's tree; make install puts it beside the library.
#
#	PROGRAMS := blink			blink.bin and blink.elf, of blink.c
#	OBJECTS := gpio.o			linked with all of them
#	RTOS := 1				with the real-time kernel: the program has main(), not inmate_main();
#						RTOS := up: for cells of one CPU, faster
#	POSIX := 1				with RTOS: pthread.h and its like; main() is a thread
#	include /usr/local/lib/jailhouse/inmate/inmate.mk
#
# It starts at 0, the usual cpu_reset_address. CFLAGS and CPPFLAGS add to what is needed; INMATE_WARNINGS takes the
# place of the usual warnings; CROSS_COMPILE is the prefix of the GNU tools.

INMATE := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
include $(INMATE)/flags.mk

CROSS_COMPILE ?= aarch64-linux-gnu-
INMATE_CC ?= $(CROSS_COMPILE)gcc
INMATE_WARNINGS ?= -Wall -Wextra
# Headers are those of the library and the compiler's own: what a C library has is not there.
INMATE_INCLUDE := -nostdinc -isystem $(shell $(INMATE_CC) -print-file-name=include) -I$(INMATE)/include

INMATE_LIBS := $(INMATE)/lib.a
ifdef RTOS
# each uses the other; libposix.a is ahead of librtos.a, whose inmate_main() it replaces
INMATE_LIBS := --start-group $(if $(POSIX),$(INMATE)/libposix.a) \
	$(INMATE)/librtos$(if $(filter up,$(RTOS)),-up).a $(INMATE)/lib.a --end-group
INMATE_MODE := $(RTOS_CFLAGS) $(if $(POSIX),-I$(INMATE)/include/posix)
else
INMATE_MODE := $(INMATE_NO_FP)
endif

.PHONY: all clean
.SECONDARY:

all: $(PROGRAMS:%=%.bin)

%.o: %.c
	$(INMATE_CC) $(INMATE_INCLUDE) $(CPPFLAGS) -MMD -MP $(INMATE_CFLAGS) $(INMATE_WARNINGS) $(INMATE_MODE) \
		$(CFLAGS) -c -o $@ $<

%.elf: %.o $(OBJECTS)
	$(CROSS_COMPILE)ld $(INMATE_LDFLAGS) -T $(INMATE)/inmate.lds -o $@ \
		$(INMATE)/start.o $(INMATE)/vectors.o $^ $(INMATE_LIBS)

%.bin: %.elf
	$(CROSS_COMPILE)objcopy -O binary $< $@

clean::
	rm -f $(foreach p,$(PROGRAMS) $(OBJECTS:.o=),$(p).o $(p).d $(p).elf $(p).bin)

-include $(wildcard *.d)
