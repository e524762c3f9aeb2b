// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rogue.h"

#define MODULE	"/lib/modules/rogue.ko"
#define DEVICE	"/dev/rogue"

static void end(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	abort();
}

/* Opened once, also for the children of who did it. */
static int device(void)
{
	static int fd = -1;
	int module;

	if (fd >= 0)
		return fd;
	fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		module = open(MODULE, O_RDONLY | O_CLOEXEC);
		if (module < 0 || syscall(SYS_finit_module, module, "", 0))
			end(MODULE);
		close(module);
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	}
	if (fd < 0)
		end(DEVICE);
	return fd;
}

static void request(unsigned long nr, void *arg)
{
	if (ioctl(device(), nr, arg))
		end(DEVICE);
}

struct rogue_stub cb_rogue_stub(void)
{
	struct rogue_stub stub;

	request(ROGUE_STUB, &stub);
	return stub;
}

long cb_rogue_word(void)
{
	uint64_t word;

	request(ROGUE_WORD, &word);
	return (long)word;
}

static long call(struct rogue_call call)
{
	request(ROGUE_CALL, &call);
	return (long)call.x[0];
}

long cb_rogue_smc(unsigned int cpu, uint64_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	return call((struct rogue_call) { cpu, ROGUE_SMC, { function, arg1, arg2, arg3 } });
}

long cb_rogue_hvc(unsigned int cpu, uint64_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	return call((struct rogue_call) { cpu, ROGUE_HVC, { function, arg1, arg2, arg3 } });
}

long cb_rogue_hypercall(unsigned int cpu, uint64_t number, uint64_t arg1, uint64_t arg2)
{
	return call((struct rogue_call) { cpu, ROGUE_HYPERCALL, { number, arg1, arg2 } });
}

void cb_rogue_sgi(unsigned int cpu, enum rogue_conduit conduit, uint64_t value)
{
	call((struct rogue_call) { cpu, conduit, { value } });
}

uint64_t cb_rogue_pmr(unsigned int cpu, uint64_t value)
{
	return (uint64_t)call((struct rogue_call) { cpu, ROGUE_PMR, { value } });
}

uint64_t cb_rogue_buffer(void)
{
	uint64_t address;

	request(ROGUE_BUFFER, &address);
	return address;
}

uint64_t cb_rogue_dma(bool wanted)
{
	uint64_t address = wanted;

	request(ROGUE_DMA, &address);
	return address;
}

void *cb_rogue_map(uint64_t address, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, device(), (off_t)address);

	if (at == MAP_FAILED)
		end(DEVICE);
	return at;
}

uint64_t cb_rogue_read(unsigned int cpu, uint64_t address, unsigned int size)
{
	struct rogue_access access = { cpu, (uint16_t)size, 0, address, 0 };

	request(ROGUE_ACCESS, &access);
	return access.value;
}

void cb_rogue_write(unsigned int cpu, uint64_t address, unsigned int size, uint64_t value)
{
	struct rogue_access access = { cpu, (uint16_t)size, 1, address, value };

	request(ROGUE_ACCESS, &access);
}
