/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* shmem list, ping and bench; the cell's program is a thread. */

#include <string.h>

#include <libcell/device.h>
#include <libcell/serve.h>

#include "../libcell/tests/world.h"
#include "tests/fixture.h"

#define DEMO	"bus/pci/devices/0001:00:00.0/"
#define BULK	"bus/pci/devices/0001:00:02.0/"

/* libcell_open() for a link between threads. */

static struct world world;
static int open_result;
static unsigned int opened;

static struct libcell_link *root(void)
{
	return &world.links[0].link;
}

static void doorbell(struct libcell_link *link, u32 peer)
{
	(void)link;
	root()->ops->doorbell(root(), peer);
}

static void set_state(struct libcell_link *link, u32 state)
{
	(void)link;
	root()->ops->set_state(root(), state);
}

static u32 events(struct libcell_link *link)
{
	(void)link;
	/* time goes on */
	fake.now += 1000;
	return root()->ops->events(root());
}

static int wait_for_event(struct libcell_link *link, u32 seen, u64 timeout_us)
{
	int ret = root()->ops->wait(root(), seen, timeout_us);

	(void)link;
	/* the fake machine's time */
	if (ret == -ETIMEDOUT)
		fake.now += timeout_us;
	return ret;
}

static u64 now_us(struct libcell_link *link)
{
	return root()->ops->now_us(link);
}

static const struct libcell_ops ops = {
	doorbell, set_state, events, wait_for_event, now_us,
};

int libcell_open(struct libcell_device *device, const char *name)
{
	(void)name;
	if (open_result)
		return open_result;
	opened++;
	device->link = *root();
	device->link.ops = &ops;
	return libcell_attach(&device->link);
}

void libcell_close(struct libcell_device *device)
{
	opened--;
	libcell_detach(&device->link);
}

/* The cell's program */

static struct libcell_service service;
static bool stop;

static void count_too_much(void)
{
	service.peers[0].counts.bytes++;
}

static void count_nothing(void)
{
	service.peers[0].counts.messages = 0;
}

static void count_well(void)
{
}

static void (*after_serving)(void);

static void *serve(void *unused)
{
	struct libcell_link *link = &world.links[1].link;
	u32 seen;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		seen = libcell_events(link);
		if (libcell_serve(&service))
			after_serving();
		else if (libcell_service_arm(&service))
			libcell_wait(link, seen, 10000000);
	}
	return unused;
}

static struct result run_with_program(const char *command, const char *option,
				      size_t section, void (*after)(void))
{
	struct result result;
	pthread_t thread;

	world_create(&world, 2, section);
	world_attach(&world, 1);
	libcell_service_open(&service, &world.links[1].link);
	stop = false;
	after_serving = after;
	pthread_create(&thread, NULL, serve, NULL);
	result = RUN("shmem", command, "ivshmem-a", option);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	root()->ops->doorbell(root(), 1);
	pthread_join(thread, NULL);
	world_destroy(&world);
	check_number(opened, 0, "the link is closed again");
	return result;
}

static void setup(void)
{
	fixture_reset();
	open_result = 0;
	sysfs_add_cell(0, "qemu-arm64", "running", "0-1", "");
	sysfs_add_cell(1, "ivshmem-a", "running", "2", "");
	sysfs_add_cell(2, "ivshmem-b", "running", "3", "");
	sysfs_write("cells/0/links", "0001:00:02.0 peer 0 of 2\n"
		    "0001:00:00.0 peer 0 of 3\n0001:00:01.0 peer 0 of 2\n");
	sysfs_write("cells/1/links", "0001:00:00.0 peer 1 of 3\n"
		    "0001:00:04.0 peer 0 of 2\nnonsense\n"
		    "0001:00:05.0 peer 9 of 99\n");
	sysfs_write("cells/2/links", "0001:00:04.0 peer 1 of 2\n");
	sysfs_write(DEMO "vendor", "0x110a\n");
	sysfs_write(DEMO "class", "0xff0000\n");
	sysfs_write(DEMO "uio/uio0/name", "uio_ivshmem\n");
	sysfs_write("class/uio/uio0/maps/map2/size", "0x9000\n");
	sysfs_write("class/uio/uio0/maps/map4/size", "0x2000\n");
	sysfs_write("class/uio/uio0/event", "17\n");
	sysfs_write("bus/pci/devices/0001:00:01.0/vendor", "0x110a\n");
	sysfs_write("bus/pci/devices/0001:00:01.0/class", "0xff0001\n");
	/* without the rights to look at its states */
	sysfs_write(BULK "vendor", "0x110a\n");
	sysfs_write(BULK "class", "0xff4000\n");
	sysfs_write(BULK "uio/uio1/name", "uio_ivshmem\n");
	sysfs_write("class/uio/uio1/maps/map2/size", "0x1\n");
	sysfs_write("class/uio/uio1/maps/map4/size", "0x200000\n");
	sysfs_write("class/uio/uio1/event", "0\n");
}

static void test_list(void)
{
	setup();
	check_output(RUN("shmem", "list"),
"Link          Device  Protocol  Read/write  Output      Interrupts  "
"Peers and their states\n"
"0001:00:00.0  uio0    none      36 KiB      8 KiB       17          "
"0 qemu-arm64:1, 1 ivshmem-a:2, 2 -:3\n"
"0001:00:01.0  -       veth      -           -           -           "
"0 qemu-arm64, 1 -\n"
"0001:00:02.0  uio1    custom    0 KiB       2048 KiB    0           "
"0 qemu-arm64, 1 -\n"
"0001:00:04.0  -       -         -           -           -           "
"0 ivshmem-a, 1 ivshmem-b\n", "table, by name");
}

static void test_json(void)
{
	struct result result;

	setup();
	result = RUN("shmem", "list", "--json");
	check_contains(result.out, "[\n  {\"link\": \"0001:00:00.0\", "
		       "\"protocol\": 0, \"device\": \"uio0\", "
		       "\"rw_size\": 36864, \"output_size\": 8192, "
		       "\"interrupts\": 17, \"peers\": ["
		       "{\"cell\": \"qemu-arm64\", \"state\": 1}, "
		       "{\"cell\": \"ivshmem-a\", \"state\": 2}, "
		       "{\"cell\": null, \"state\": 3}]},\n", "--json");
	check_contains(result.out, "  {\"link\": \"0001:00:04.0\", "
		       "\"protocol\": null, \"device\": null, \"peers\": ["
		       "{\"cell\": \"ivshmem-a\", \"state\": null}, "
		       "{\"cell\": \"ivshmem-b\", \"state\": null}]}\n]\n",
		       "a link that Linux has no part in");
	fixture_reset();
	check_text(RUN("shmem", "list", "--json").out, "[]\n", "no links");
	check_contains(RUN("shmem", "list").err,
		       "the hypervisor is not enabled", "not enabled: said so");
}

static void test_ping(void)
{
	struct result result;

	setup();
	result = run_with_program("ping", NULL, 8192, count_well);
	check_number(result.exit_code, 0, "ping succeeds");
	check_contains(result.out, "64 bytes from ivshmem-a: seq=3 time=",
		       "each answer");
	check_contains(result.out, "4 round trips of 64 bytes: min ", "the sum");
	result = run_with_program("ping", "--json", 8192, count_well);
	check(strstr(result.out, "{\"cell\": \"ivshmem-a\", \"round_trips\": "
		     "{\"count\": 4, \"bytes\": 64, \"min_us\": ") == result.out,
	      "as JSON: nothing before it");
	check_contains(result.out, "}}\n", "nor after it");
}

static void test_bench(void)
{
	struct result result;

	setup();
	result = run_with_program("bench", NULL, 2 << 20, count_well);
	check_text(result.err, "", "bench succeeds");
	check_contains(result.out, "1000 round trips of 64 bytes", "round trips");
	check_contains(result.out, "64 messages of 1 KiB: ", "1 KiB");
	check_contains(result.out, "64 messages of 64 KiB: ", "64 KiB");
	check_contains(result.out, "64 messages of 1024 KiB: ", "1 MiB");
	result = run_with_program("bench", "--json", 2 << 20, count_well);
	check_contains(result.out, "}, \"bulk\": [{\"count\": 64, \"bytes\": 1024, "
		       "\"us\": ", "as JSON");
	check_contains(result.out, "{\"count\": 64, \"bytes\": 1048576, \"us\": ",
		       "all sizes");
	result = run_with_program("bench", NULL, 8192, count_well);
	check(!strstr(result.out, "64 messages of 64 KiB"),
	      "what has no room is left out");
	result = run_with_program("bench", NULL, 8192, count_too_much);
	check_number(result.exit_code, 1, "a cell that counts wrong");
	check_contains(result.err, "instead of", "is noticed");
	result = run_with_program("bench", NULL, 8192, count_nothing);
	check_contains(result.err, "instead of 64 with 65536",
		       "one that never has them all: so is that");
}

static void test_refusals(void)
{
	setup();
	world_create(&world, 2, 8192);
	world_attach(&world, 1);
	check_failure(RUN("shmem", "ping", "ivshmem-a"), 1,
		      "jailhouse: shmem ping: the program in cell "
		      "\"ivshmem-a\" does not offer the service of libcell\n",
		      "no service");
	check_failure(RUN("shmem", "ping", "ivshmem-b"), 1,
		      "jailhouse: shmem ping: there is no link with a program "
		      "in cell \"ivshmem-b\" that uio_ivshmem has; see "
		      "jailhouse shmem list\n", "no link");
	*(u32 *)(void *)(world.sections + world.size + 4) = 2;
	check_failure(RUN("shmem", "ping", "ivshmem-a"), 1,
		      "jailhouse: shmem ping: the program in cell "
		      "\"ivshmem-a\" has another version of libcell's protocol; "
		      "build it anew\n", "another version");
	check_number(opened, 0, "the link is closed again");
	sysfs_write("cells/2/links", "0001:00:02.0 peer 1 of 2\n");
	open_result = -EACCES;
	check_failure(RUN("shmem", "ping", "ivshmem-b"), 1,
		      "jailhouse: shmem ping: cannot use the link: Permission "
		      "denied\n", "no permission");
	open_result = -EBUSY;
	check_failure(RUN("shmem", "bench", "1"), 1,
		      "jailhouse: shmem bench: another program of Linux uses "
		      "the link\n", "busy");
	check_failure(RUN("shmem", "bench", "nobody"), 1,
		      "jailhouse: shmem bench: no cell is named 'nobody'\n",
		      "no cell");
	check_usage(RUN("shmem", "ping"), "shmem ping", "no cell given",
		    "no operand");
	check_usage(RUN("shmem", "ping", "1", "-c", "0"), "shmem ping",
		    "option '-c': '0' is not a number from 1 to 1000000",
		    "count 0");
	world_destroy(&world);
}

int main(void)
{
	test_list();
	test_json();
	test_ping();
	test_bench();
	test_refusals();
	return fixture_end();
}
