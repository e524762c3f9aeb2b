# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Included by every Makefile of the project: where things are and what builds them.
#
# Variables a user may set: O (build folder), V=1 (show commands), DEBUG=1 (the hypervisor checks itself; the build
# folder is build/debug), LLVM=1 (clang), CROSS_COMPILE,
# KERNEL (flavour: arm64, rt-arm64, cloud-arm64, bpo-arm64) or KDIR (any prepared kernel tree).

ifndef CELLBLOCK_TOOLCHAIN
CELLBLOCK_TOOLCHAIN := 1

TOP := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
O ?= $(TOP)/build$(if $(DEBUG),/debug)
override O := $(abspath $(O))
export O

ifeq ($(V),1)
Q :=
else
Q := @
endif
# $(call say,WHAT,FILE): the one line shown for a step when commands are not.
say = $(if $(Q),@printf '  %-8s%s\n' '$(1)' '$(patsubst $(O)/%,%,$(2))')

ARCH_HOST := $(shell uname -m)
CROSS_COMPILE ?= aarch64-linux-gnu-

# gcc-12 has no unversioned name when only Debian's versioned package is installed.
GCC_ARM64 := $(firstword $(foreach c,gcc gcc-12,$(if $(shell command -v $(CROSS_COMPILE)$(c)),$(CROSS_COMPILE)$(c))) \
	$(CROSS_COMPILE)gcc-12)

ifeq ($(LLVM),1)
CC_ARM64 := clang --target=aarch64-linux-gnu
else
CC_ARM64 := $(GCC_ARM64)
endif
LD_ARM64 := $(CROSS_COMPILE)ld
AR_ARM64 := $(CROSS_COMPILE)ar
OBJCOPY_ARM64 := $(CROSS_COMPILE)objcopy
OBJDUMP_ARM64 := $(CROSS_COMPILE)objdump
READELF_ARM64 := $(CROSS_COMPILE)readelf
NM_ARM64 := $(CROSS_COMPILE)nm
SIZE_ARM64 := $(CROSS_COMPILE)size
HOSTCC ?= cc

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes -Wundef \
	-Wpointer-arith -Wwrite-strings -Werror=implicit-function-declaration
# Broken builds must not pass for good ones; a user with another compiler can say WERROR=.
WERROR ?= -Werror
WARNINGS += $(WERROR)

# Ties driver, hypervisor image and tool together: they refuse each other when it differs.
CELLBLOCK_VERSION := $(shell cat $(TOP)/VERSION)

# The kernel to build the driver for.
KERNEL ?= arm64
KDIR ?= $(TOP)/.cache/kernel/$(KERNEL)/build
KRELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
# For the kernel's own make: the kind of compiler that Debian built its arm64 kernels with, and none of our variables
# that mean something else there. Type information for BPF would need the kernel's vmlinux.
KBUILD_ARGS = ARCH=arm64 CROSS_COMPILE=$(CROSS_COMPILE) CC=$(GCC_ARM64) O= LLVM= CONFIG_DEBUG_INFO_BTF_MODULES=

endif
