# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers

all:

include scripts/toolchain.mk

MAKEFLAGS += --no-print-directory $(if $(Q),-s)

PREFIX ?= /usr/local
DESTDIR ?=
# The kernels of `make check-kernels`, by flavour (see ci/fetch).
KERNELS ?= arm64 rt-arm64 cloud-arm64 bpo-arm64 bpo-arm64-16k
# Of `make mutants` and `make coverage`.
M ?=
HOST ?=
# Of `make fuzz`.
SECONDS ?= 600
FUZZER ?=

# $(call sub,DIR,TARGET,VARIABLES): run a folder's own Makefile.
sub = $(if $(wildcard $(1)/Makefile),+$(Q)$(MAKE) -C $(1) $(2) O=$(O) $(3),@echo '  (no $(1)/Makefile)')

.PHONY: all hypervisor driver libcell tools configs inmates tests demo shell check check-kernels check-hostile
.PHONY: check-distribution check-storm check-reboots check-machines mutants coverage proofs fuzz soak bench lint docs
.PHONY: check-64k install deb uninstall clean distclean help fetch deps

all: hypervisor driver tools configs inmates ## Build everything (the default)

hypervisor: ## The hypervisor image, build/hypervisor/jailhouse.bin
	$(call sub,hypervisor,all)

# A kernel tree of the user's needs nothing fetched.
driver: $(if $(filter $(TOP)/.cache/%,$(KDIR)),fetch)
driver: ## The kernel module for KERNEL=arm64 (or rt-arm64, cloud-arm64, bpo-arm64, bpo-arm64-16k, KDIR=...)
	$(call sub,driver,all,KERNEL=$(KERNEL))

libcell: ## The shared-memory library for Linux, build/libcell/libcell.a (inmates have it in theirs)
	$(call sub,libcell,all)

tools: libcell
tools: ## The jailhouse command for the target, static
	$(call sub,tools,all)

configs: ## System and cell configurations, build/configs/*.cell
	$(call sub,hypervisor/tests,$(O)/hypervisor/tests/config-check)
	$(call sub,configs,all)

inmates: ## Inmate library, demos and test inmates, build/inmates/*.bin
	$(call sub,inmates,all)
	$(call sub,ports/freertos,check)
	$(call sub,ports/zephyr,check)

tests: fetch configs libcell ## The programs of make check, for the host and for the guest
	$(Q)ci/fetch kselftest u-boot uefi tf-a dtbs kdump terminals
	$(call sub,hypervisor,all,DEBUG=1 O=$(O)/debug)
	$(call sub,hypervisor/tests,all)
	$(call sub,tools,tests)
	$(call sub,driver/tests,all)
	$(call sub,inmates/net/tests,all)
	$(call sub,libcell,tests)
	$(call sub,ci/tests,all)
	$(call sub,ci/tests/rogue,all,KERNEL=$(KERNEL))
	$(call sub,ci/firmware,all)
	$(call sub,ci/bench,all)

fetch: ## The kernel and the root file system of the guest, from Debian's archive into .cache/
	$(Q)ci/fetch $(if $(filter $(TOP)/.cache/%,$(KDIR)),$(KERNEL)) arm64 busybox libfdt

deps: ## Install Debian packages that the build and QEMU need and that are missing
	$(Q)ci/install-deps

ifeq ($(DEMO),list)
demo:
	$(Q)ci/demo list
else
demo: deps ## Boot Debian's kernel in QEMU and show the tour, or DEMO=NAME; DEMO=list shows the names
	+$(Q)$(MAKE) all
	$(call sub,ci/bench,all)
	$(Q)ci/demo $(DEMO)
endif

shell: deps ## The same with a prompt (QEMU='-smp 8 -m 3G': another machine; CELL_LINUX=1: a kernel for a cell too)
	+$(Q)$(MAKE) all
	$(Q)ci/qemu --interactive $(if $(CELL_LINUX),--cell-linux) $(if $(QEMU),--qemu='$(QEMU)')

check: all tests ## All tests: host unit tests, inmates, root Linux in QEMU
	$(Q)ci/check

check-kernels: ## The driver built for and tested on Debian's other kernels (KERNELS=...)
	$(Q)ci/fetch $(KERNELS)
	+$(Q)$(MAKE) all tests
	+$(Q)for k in $(KERNELS); do \
		$(MAKE) driver KERNEL=$$k && $(MAKE) -C ci/tests/rogue all KERNEL=$$k O=$(O) || exit 1; \
	done
	$(Q)ci/check $(KERNELS:%=--kernel=%)

check-64k: ## The same on a kernel with pages of 64 KiB, which is built first, from Debian's sources (10 minutes)
	+$(Q)ci/kernel-64k
	+$(Q)$(MAKE) all tests
	+$(Q)$(MAKE) driver KERNEL=64k && $(MAKE) -C ci/tests/rogue all KERNEL=64k O=$(O)
	$(Q)ci/check --kernel=64k

check-hostile: all tests ## What a hostile cell can try, with many more values and places than in make check
	$(Q)ci/check --sweep hostile

check-storm: all tests ## Interrupts of all kinds at once, counted, for many minutes
	$(Q)ci/check --sweep storm

check-reboots: all tests ## A Linux cell that reboots again and again while its devices work, under load
	$(Q)ci/check --sweep reboots

check-machines: all tests ## Machines that take long to boot, and what takes long on a second kind
	$(Q)ci/check --sweep machines

check-distribution: deb ## Packages and service in a Debian system: installed, used, upgraded, removed
	$(Q)ci/check --distribution

mutants: all tests ## Bugs planted one at a time, each to be found by tests (M='NAME...': these; HOST=1: without guests)
	$(Q)O=$(O) ci/mutants/run $(if $(HOST),--host) $(M)

proofs: ## The validator under Frama-C's Eva, with any input of some shapes (installs frama-c-base)
	$(Q)ci/install-deps --proofs
	$(Q)proofs/check proofs/validator.c

fuzz: ## Validator and parsers under libFuzzer (SECONDS=600: that long each, FUZZER=NAME: one of them)
	$(Q)ci/fetch libfdt dtbs
	$(call sub,hypervisor/tests,fuzz)
	$(call sub,libcell,fuzz)
	$(call sub,tools,fuzz)
	$(Q)O=$(O) ci/fuzz $(SECONDS) $(FUZZER)

coverage: all tests ## Lines of the hypervisor that tests execute, host and guest (HOST=1: without guests), for an hour
	$(Q)O=$(O) ci/coverage $(if $(HOST),--host)

SEED = 1
MACHINE = gicv3
soak: SECONDS := $(or $(SECONDS),600)
soak: all tests ## What users may do, in any order, against a model (SECONDS=600 SEED=1 MACHINE=gicv3)
	$(Q)ci/qemu --machine $(MACHINE) --timeout $$(($(SECONDS) + 300)) \
		--add $(O)/debug/hypervisor/jailhouse.bin:/lib/firmware/ \
		--append 'cellblock.seed=$(SEED) cellblock.seconds=$(SECONDS)' -- /tests/soak

bench: all ## Instructions executed at EL2, counted by a QEMU plugin: ours, reference and goal
	$(call sub,ci/bench,all inmate)
	$(Q)ci/bench/bench

lint: hypervisor ## Style, static analysis, headers, layers, and the image's segments
	$(Q)scripts/lint

docs: ## Interfaces as HTML and man pages, from the descriptions in headers, into build/docs
	$(Q)O=$(O) scripts/docs

install: all ## Install to DESTDIR (PREFIX=/usr/local); DKMS=1: the modules as sources, for DKMS
	$(if $(DKMS),$(call sub,driver,dkms))
	$(Q)DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) O=$(O) scripts/install $(if $(DKMS),,$(KRELEASE))

deb: all docs ## Debian packages for arm64, build/deb/*.deb
	$(call sub,driver,dkms)
	$(Q)O=$(O) scripts/deb

uninstall: ## Remove what make install put there
	$(Q)DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) O=$(O) scripts/install --remove $(KRELEASE)

clean: ## Remove the build folder
	$(Q)rm -rf $(O)

distclean: clean ## Remove the fetched packages too
	$(Q)rm -rf $(TOP)/.cache

help: ## This list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18
	@echo
	@echo 'Variables: O=folder V=1 LLVM=1 KERNEL=flavour KDIR=tree CROSS_COMPILE=prefix'
