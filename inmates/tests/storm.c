// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Interrupts of all kinds that a cell can have, on all its CPUs, by dice: SGIs
 * from each CPU to each, its SPIs (whichever they are) set pending and routed,
 * both timers, and doorbells with a peer that runs this too and with root, where
 * ci/tests/storm-root.c runs. Each is sent again only when it has come, so that
 * each has to come exactly once: what does not come, or comes twice, or is
 * nobody's, fails the cell.
 *
 * Goes on until it is asked to stop, waits for what is on its way, and says how
 * many there were.
 *
 * Parameter:
 *	seed=N		of the dice
 */

#include <inmate/test.h>

#include "storm.h"

#define DEV_ROOT		2
#define DEV_CELLS		4
#define MAX_CPUS		2
#define MAX_SPIS		32
#define LOST_MS			10000
#define TWICE_MS		50

/* What one CPU sends, and this or another one receives */
struct source {
	const char *kind;
	unsigned int irq;
	unsigned int sender;
	unsigned int receiver;		/* of an SGI or PPI */
	u32 sent, received;
	u64 since;
};

/* A link, and who is at its other end; that one may be away. */
struct peer {
	struct ivshmem link;
	volatile struct mailbox *ours;
	const volatile struct mailbox *theirs;
	u64 since;			/* the last ring */
};

static struct source sources[256];
static unsigned int num_sources;
/* by receiver; SPIs are the same for all */
static struct source *by_irq[MAX_CPUS][GIC_INTIDS];

static struct peer peers[2];
static unsigned int num_peers;

static bool stop_all;
static unsigned int started, done;
static u64 seed;

static struct peer *peer_of(unsigned int irq)
{
	for (unsigned int n = 0; n < num_peers; n++)
		if (peers[n].link.irq == irq)
			return &peers[n];
	return NULL;
}

static void on_doorbell(struct peer *peer)
{
	if (peer->ours->received + 1 != peer->theirs->rung)
		panic("storm: doorbell: doubled after %u", peer->theirs->rung);
	/* looked at before: the next one is rung at once */
	memory_barrier();
	peer->ours->received++;
}

static void on_irq(unsigned int irq)
{
	struct source *source = by_irq[cpu_id()][irq];
	struct peer *peer = peer_of(irq);

	if (peer) {
		on_doorbell(peer);
		return;
	}
	if (!source)
		panic("storm: interrupt %u is nobody's", irq);
	if (irq == TIMER_VIRTUAL_IRQ)
		timer_stop(TIMER_VIRTUAL);
	else if (irq == TIMER_PHYSICAL_IRQ)
		timer_stop(TIMER_PHYSICAL);
	if (atomic_read(&source->received) == atomic_read(&source->sent))
		panic("storm: %s %u on CPU %u: doubled after %u", source->kind, irq,
		      cpu_id(), source->sent);
	atomic_add(&source->received, 1);
}

static u64 dice(u64 *state)
{
	/* xorshift64* */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL >> 32;
}

static void add_source(const char *kind, unsigned int irq, unsigned int sender,
		       unsigned int receiver)
{
	struct source *source = &sources[num_sources++];

	source->kind = kind;
	source->irq = irq;
	source->sender = sender;
	source->receiver = receiver;
	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++)
		if (irq >= GIC_FIRST_SPI || cpu == receiver)
			by_irq[cpu][irq] = source;
}

/* Its SGIs and SPIs are those that can be enabled. */
static u32 own_irqs(volatile void *enable, volatile void *disable)
{
	u32 own;

	mmio_write32(enable, ~0U);
	own = mmio_read32(enable);
	mmio_write32(disable, own);
	return own;
}

static void find_spis(void)
{
	unsigned int lines = ((mmio_read32(gic_dist(GICD_TYPER)) & 0x1f) + 1) * 32, spis = 0;

	for (unsigned int irq = GIC_FIRST_SPI; irq < lines && irq < GIC_INTIDS; irq += 32) {
		u32 own = own_irqs(gic_dist(GICD_ISENABLER + irq / 8),
				   gic_dist(GICD_ICENABLER + irq / 8));

		for (unsigned int n = 0; n < 32; n++)
			if (own >> n & 1 && !peer_of(irq + n) && spis++ < MAX_SPIS)
				add_source("SPI", irq + n, spis % smp_num_cpus(), 0);
	}
}

static void find_sources(void)
{
	u32 sgis = own_irqs(gic_private(GICD_ISENABLER), gic_private(GICD_ICENABLER)) & 0xffff;

	for (unsigned int cpu = 0; cpu < smp_num_cpus(); cpu++) {
		for (unsigned int sgi = 0; sgi < GIC_SGIS; sgi++)
			if (sgis >> sgi & 1)
				add_source("SGI", sgi, sgi % smp_num_cpus(), cpu);
		add_source("timer", TIMER_VIRTUAL_IRQ, cpu, cpu);
		add_source("timer", TIMER_PHYSICAL_IRQ, cpu, cpu);
	}
	find_spis();
}

static void open_interrupts(void)
{
	irq_init(on_irq);
	for (unsigned int n = 0; n < num_sources; n++) {
		struct source *source = &sources[n];

		if (source->irq < GIC_FIRST_SPI ? source->receiver == cpu_id() : !cpu_id()) {
			if (source->irq >= GIC_FIRST_SPI)
				irq_set_edge(source->irq, true);
			irq_enable(source->irq);
		}
	}
	enable_irqs();
}

static void send(struct source *source, u64 *state)
{
	enum timer_id timer = source->irq == TIMER_VIRTUAL_IRQ ? TIMER_VIRTUAL : TIMER_PHYSICAL;
	u64 number = dice(state);

	source->since = timer_get_ticks();
	atomic_add(&source->sent, 1);
	if (source->irq < GIC_SGIS) {
		irq_send_sgi(source->irq, smp_mpidr(source->receiver));
	} else if (source->irq < GIC_FIRST_SPI) {
		timer_set_deadline(timer, timer_count(timer) +
				   timer_ns_to_ticks(number % 500000));
	} else {
		if (number & 1)
			irq_route(source->irq, smp_mpidr((unsigned int)(number >> 1) %
							 smp_num_cpus()));
		irq_set_pending(source->irq);
	}
}

/* Has it come? If not for long, it never will. */
static bool has_come(const struct source *source)
{
	if (atomic_read(&source->received) == source->sent)
		return true;
	if (timer_ticks_to_ns(timer_get_ticks() - source->since) / 1000000 > LOST_MS)
		panic("storm: %s %u to CPU %u: lost after %u", source->kind, source->irq,
		      source->receiver, source->sent - 1);
	return false;
}

/* CPU 0's */
static void ring(struct peer *peer)
{
	volatile struct mailbox *ours = peer->ours;
	const volatile struct mailbox *theirs = peer->theirs;

	ours->seen = theirs->alive;
	/* the peer, who waits for that, believes "seen" before it looks at "rung" */
	memory_barrier();
	if (ours->rung != theirs->received) {
		if (timer_ticks_to_ns(timer_get_ticks() - peer->since) / 1000000 > LOST_MS)
			panic("storm: doorbell: %u rung, %u received", ours->rung,
			      theirs->received);
		return;
	}
	if (!theirs->alive)
		return;
	peer->since = timer_get_ticks();
	ours->rung++;
	ivshmem_doorbell(&peer->link, !peer->link.id, 0);
}

static void attach(unsigned int dev)
{
	struct peer *peer = &peers[num_peers];

	if (!ivshmem_attach(&peer->link, (u16)(dev << 3)))
		return;
	peer->ours = ivshmem_output(&peer->link, peer->link.id);
	peer->theirs = ivshmem_output(&peer->link, !peer->link.id);
	num_peers++;
}

/* Goes on where the run before has ended, which was with nothing on its way. */
static void join(struct peer *peer)
{
	peer->ours->alive = 0;
	peer->ours->received = peer->theirs->rung;
	peer->ours->rung = peer->theirs->received;
	ivshmem_enable_irqs(&peer->link);
	/* what it says is there before it is called alive */
	memory_barrier();
	peer->ours->alive = 1;
}

/* When the peer has seen that, it rings no more; what has been rung, comes. */
static void leave(struct peer *peer)
{
	volatile struct mailbox *ours = peer->ours;
	const volatile struct mailbox *theirs = peer->theirs;

	ours->alive = 0;
	if (!WAIT_FOR(!theirs->alive || !theirs->seen, LOST_MS))
		panic("storm: the peer does not look");
	if (!WAIT_FOR(ours->received == theirs->rung, LOST_MS) ||
	    !WAIT_FOR(ours->rung == theirs->received, LOST_MS))
		panic("storm: doorbell: lost at the end");
}

/* What a guest does besides: sleeps, masks, switches off and on what is pending. */
static void disturb(struct source *source, u64 *state)
{
	switch (dice(state) % 8) {
	case 0:
		disable_irqs();
		for (u64 n = dice(state) % 2000; n; n--)
			cpu_relax();
		enable_irqs();
		break;
	case 1:
		if (source->irq >= GIC_FIRST_SPI) {
			irq_disable(source->irq);
			/* without a new route: QEMU's GICv2 does not take what is pending along */
			mmio_write32(gic_dist(GICD_ISENABLER + source->irq / 32 * 4),
				     1U << source->irq % 32);
		}
		break;
	case 2:
		/* its own timer ends it at the latest */
		if (!has_come(source) && source->irq >= GIC_SGIS &&
		    source->irq < GIC_FIRST_SPI) {
			disable_irqs();
			if (!has_come(source))
				wait_for_interrupt();
			enable_irqs();
		}
		break;
	}
}

static void drain(void)
{
	for (unsigned int n = 0; n < num_sources; n++)
		while (sources[n].sender == cpu_id() && !has_come(&sources[n]))
			cpu_relax();
}

static void storm(void)
{
	u64 state = (seed + 1) * 0x9e3779b97f4a7c15ULL + cpu_id();
	struct source *source;

	open_interrupts();
	atomic_add(&started, 1);
	while (atomic_read(&started) < smp_num_cpus())
		cpu_relax();
	while (!atomic_read(&stop_all)) {
		source = &sources[dice(&state) % num_sources];
		if (source->sender == cpu_id()) {
			if (has_come(source))
				send(source, &state);
			disturb(source, &state);
		}
		if (!cpu_id()) {
			for (unsigned int n = 0; n < num_peers; n++)
				ring(&peers[n]);
			if (comm_poll(true))
				atomic_set(&stop_all, true);
		}
	}
	drain();
	atomic_add(&done, 1);
	/* others may still send to this one */
	while (atomic_read(&done) < smp_num_cpus())
		cpu_relax();
	WAIT_FOR(false, TWICE_MS);
	disable_irqs();
}

static void report(void)
{
	static const char *const kinds[] = { "SGI", "SPI", "timer" };

	for (unsigned int k = 0; k < ARRAY_SIZE(kinds); k++) {
		u32 sent = 0, received = 0, count = 0;

		for (unsigned int n = 0; n < num_sources; n++)
			if (!strcmp(sources[n].kind, kinds[k])) {
				sent += sources[n].sent;
				received += sources[n].received;
				count++;
			}
		printk("storm: %u %ss: %u sent, %u received\n", count, kinds[k], sent,
		       received);
		if (sent != received)
			panic("storm: not the same");
	}
	for (unsigned int n = 0; n < num_peers; n++)
		printk("storm: doorbells with %s: %u rung, %u received\n",
		       peers[n].link.bdf == DEV_ROOT << 3 ? "root" : "the peer",
		       peers[n].ours->rung, peers[n].ours->received);
	printk("storm: all have come, once\n");
}

void inmate_main(void)
{
	seed = (u64)cmdline_parse_int("seed", 1);
	if (smp_num_cpus() > MAX_CPUS)
		panic("storm: for %u CPUs", MAX_CPUS);
	irq_init(on_irq);
	if (comm_region->vpci_irq_base) {
		attach(DEV_CELLS);
		attach(DEV_ROOT);
		if (!num_peers)
			panic("storm: no link");
	}
	find_sources();
	for (unsigned int n = 0; n < num_peers; n++)
		join(&peers[n]);
	printk("storm: seed %llu, %u sources\n", seed, num_sources);
	if (smp_num_cpus() > 1 && smp_start_cpu(1, storm))
		panic("storm: CPU 1 does not start");
	storm();
	enable_irqs();
	for (unsigned int n = 0; n < num_peers; n++)
		leave(&peers[n]);
	WAIT_FOR(false, TWICE_MS);
	disable_irqs();
	report();
}
