# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers
#
# Included by the Makefile of configurations that are not in Cellblock's tree; make install puts it beside the headers
# of the boards and the checker.
#
#	CONFIGS := my-board my-board-cell	my-board.cell, of my-board.c
#	include /usr/local/lib/jailhouse/config/config.mk
#
# A cell is checked with SYSTEM, a .cell file, or with the one of CONFIGS whose name its own begins with. CFLAGS and
# CPPFLAGS add to what is needed; CROSS_COMPILE is the prefix of the GNU tools. The checker is that of the build, or,
# in Debian's packages, the command.

CONFIG_SDK := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
include $(CONFIG_SDK)/flags.mk

CROSS_COMPILE ?= aarch64-linux-gnu-
CONFIG_CC ?= $(CROSS_COMPILE)gcc
CONFIG_CHECK := $(or $(wildcard $(CONFIG_SDK)/config-check),jailhouse config check)
CONFIG_INCLUDE := -nostdinc -isystem $(shell $(CONFIG_CC) -print-file-name=include) -I$(CONFIG_SDK)/include

.PHONY: all clean
.DELETE_ON_ERROR:
.SECONDARY:

all: $(CONFIGS:%=%.cell)

%.config.o: %.c
	$(CONFIG_CC) $(CONFIG_INCLUDE) $(CPPFLAGS) -MMD -MP $(CONFIG_CFLAGS) $(CFLAGS) -c -o $@ $<

%.image: %.config.o
	$(CROSS_COMPILE)objcopy -O binary -R '.note.*' $< $@

# What was not found good does not get the name of a configuration.
%.cell: %.image $(CONFIGS:%=%.image)
	$(if $(SYSTEM),$(CONFIG_CHECK) $(SYSTEM),$(CONFIG_SDK)/check-config '$(CONFIG_CHECK)') \
		$< $(if $(SYSTEM),,$(CONFIGS:%=%.image))
	cp $< $@

clean::
	rm -f $(foreach c,$(CONFIGS),$(c).config.o $(c).config.d $(c).image $(c).cell)

-include $(wildcard *.config.d)
