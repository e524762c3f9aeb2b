/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell-devices: the devices that root has for one cell, until that is destroyed. */

#include <err.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "devices/background.h"
#include "devices/confine.h"
#include "devices/console.h"
#include "devices/folder.h"
#include "devices/pl011.h"
#include "devices/pl031.h"
#include "devices/pl061.h"
#include "devices/power_key.h"
#include "devices/sp805.h"
#include "devices/supervise.h"
#include "devices/virtio_blk.h"
#include "devices/virtio_console.h"
#include "devices/virtio_net.h"
#include "devices/virtio_rng.h"
#include "devices/virtio_vsock.h"
#include "devices/window_driver.h"

#define FOLDER		"/run/jailhouse"
#define TIMEOUT		4000
#define MAX_DISKS	8
#define MAX_NETS	4

enum { FAILED = 1, MISUSED = 2 };

enum {
	CELL = 1, PL011, POWER_KEY, RTC, WATCHDOG, VIRTIO_CONSOLE, LOG, BANK, PCI, MSI, DISK, RNG,
	NET, VSOCK, TIMEOUT_MS, BACKGROUND, USER, VERSION, HELP
};

static const struct option options[] = {
	{ "cell", required_argument, NULL, CELL },
	{ "pl011", required_argument, NULL, PL011 },
	{ "power-key", required_argument, NULL, POWER_KEY },
	{ "rtc", required_argument, NULL, RTC },
	{ "watchdog", required_argument, NULL, WATCHDOG },
	{ "virtio-console", no_argument, NULL, VIRTIO_CONSOLE },
	{ "log", required_argument, NULL, LOG },
	{ "bank", required_argument, NULL, BANK },
	{ "pci", required_argument, NULL, PCI },
	{ "msi", required_argument, NULL, MSI },
	{ "disk", required_argument, NULL, DISK },
	{ "rng", no_argument, NULL, RNG },
	{ "net", required_argument, NULL, NET },
	{ "vsock", required_argument, NULL, VSOCK },
	{ "timeout", required_argument, NULL, TIMEOUT_MS },
	{ "background", no_argument, NULL, BACKGROUND },
	{ "user", required_argument, NULL, USER },
	{ "version", no_argument, NULL, VERSION },
	{ "help", no_argument, NULL, HELP },
	{ 0 }
};

static const char help[] =
"usage: cell-devices --cell NAME [--pl011 BASE,IRQ] [--log FILE] [--timeout MS]\n"
"                    [--power-key BASE,IRQ] [--rtc BASE] [--watchdog BASE]\n"
"                    [--background] [--user NAME]\n"
"                    [--bank BASE,SIZE --pci ECAM,MEMORY,SIZE,IRQ [--msi BASE,IRQ,COUNT]\n"
"                     [--virtio-console] [--disk FILE[,ro]]... [--rng]\n"
"                     [--net TAP[,vhost=off]]... [--vsock CID]]\n"
"  --pl011           the console is a UART there; jailhouse console NAME is its other end\n"
"  --power-key       a key at a GPIO there; jailhouse cell shutdown NAME presses it\n"
"  --rtc             a real-time clock there, with the time of root, and KVM's clock\n"
"  --watchdog        a watchdog there, which ends the cell if the guest lets it expire\n"
"  --log             what the guest prints is written at the end of this file too\n"
"  --timeout         so long a CPU waits for an access, 1 to 10000 ms (4000)\n"
"  --background      go on there as soon as the devices work, until the cell is destroyed\n"
"  --user            whose rights it has when all is opened (cell-devices)\n"
"  --bank            the RAM of the cell that root may see: virtio's rings and buffers\n"
"  --pci             a PCI host; the function in slot n has interrupt IRQ + n\n"
"  --msi             and MSI-X: messages to BASE + 0x40 say one of COUNT SPIs from IRQ on\n"
"  --virtio-console  the console is a virtio device\n"
"  --disk            a disk in a file or block device; ro: it cannot be written\n"
"  --rng             random numbers\n"
"  --net             an Ethernet interface; TAP, an interface of root, is its other end;\n"
"                    vhost=off: this program moves the frames, not root's kernel\n"
"  --vsock           sockets of AF_VSOCK with root: the guest is CID there\n"
"Numbers are decimal or 0x hexadecimal, IRQ is an INTID.\n";

/* What the words say. */
struct wanted {
	const char *cell, *log, *user;
	u64 pl011[2], power_key[2], rtc, watchdog, bank[2], pci[4], msi[3], timeout, cid;
	bool has_pl011, has_power_key, has_rtc, has_watchdog, has_bank, has_pci, has_msi;
	bool virtio_console, rng, vsock, background;
	char *disk[MAX_DISKS], *net[MAX_NETS];
	unsigned int disks, nets;
	bool vhost[MAX_NETS];		/* what has come of it: root's kernel moves its frames */
};

/* In memory that outlives a server. */
struct devices {
	struct loop loop;
	struct loop_watch signals;
	int told;			/* by whom it was called, and has to say so; -1: nobody */
	struct window_driver driver;
	struct folder folder;
	struct console *console;
	struct pl011 uart;
	struct pl061 gpio;
	struct power_key power_key;
	struct pl031 rtc;
	struct sp805 watchdog;
	struct pci_bus bus;
	struct virtio_console virtio_console;
	struct virtio_blk disk[MAX_DISKS];
	struct virtio_rng rng;
	struct virtio_net net[MAX_NETS];
	struct virtio_vsock vsock;
};

struct program {
	struct wanted wanted;
	struct confine confine;
	struct devices *devices;
};

/* @count numbers with commas between them. */
static bool numbers(const char *text, u64 *value, unsigned int count)
{
	char *end;

	for (; count; count--, value++, text = end + 1) {
		if (*text < '0' || *text > '9')
			return false;
		*value = strtoull(text, &end, 0);
		if (*end != (count > 1 ? ',' : '\0'))
			return false;
	}
	return true;
}

static int misused(const char *what, const char *text)
{
	warnx("%s%s; see cell-devices --help", what, text);
	return MISUSED;
}

static int take_option(struct wanted *wanted, int option)
{
	switch (option) {
	case CELL:
		wanted->cell = optarg;
		return 0;
	case LOG:
		wanted->log = optarg;
		return 0;
	case USER:
		wanted->user = optarg;
		return 0;
	case VIRTIO_CONSOLE:
		wanted->virtio_console = true;
		return 0;
	case BACKGROUND:
		wanted->background = true;
		return 0;
	case RNG:
		wanted->rng = true;
		return 0;
	case DISK:
		if (wanted->disks == MAX_DISKS)
			return misused("too many disks, the last one is ", optarg);
		wanted->disk[wanted->disks++] = optarg;
		return 0;
	case NET:
		if (wanted->nets == MAX_NETS)
			return misused("too many network interfaces, the last one is ", optarg);
		wanted->net[wanted->nets++] = optarg;
		return 0;
	case VSOCK:
		wanted->vsock = numbers(optarg, &wanted->cid, 1) &&
				wanted->cid >= VIRTIO_VSOCK_MIN_CID &&
				wanted->cid <= VIRTIO_VSOCK_MAX_CID;
		return wanted->vsock ? 0 : misused("not a CID of 3 to 0xfffffffe: ", optarg);
	case PL011:
		wanted->has_pl011 = numbers(optarg, wanted->pl011, 2);
		return wanted->has_pl011 ? 0 : misused("not BASE,IRQ: ", optarg);
	case POWER_KEY:
		wanted->has_power_key = numbers(optarg, wanted->power_key, 2);
		return wanted->has_power_key ? 0 : misused("not BASE,IRQ: ", optarg);
	case RTC:
		wanted->has_rtc = numbers(optarg, &wanted->rtc, 1);
		return wanted->has_rtc ? 0 : misused("not BASE: ", optarg);
	case WATCHDOG:
		wanted->has_watchdog = numbers(optarg, &wanted->watchdog, 1);
		return wanted->has_watchdog ? 0 : misused("not BASE: ", optarg);
	case BANK:
		wanted->has_bank = numbers(optarg, wanted->bank, 2);
		return wanted->has_bank ? 0 : misused("not BASE,SIZE: ", optarg);
	case PCI:
		wanted->has_pci = numbers(optarg, wanted->pci, 4);
		return wanted->has_pci ? 0 : misused("not ECAM,MEMORY,SIZE,IRQ: ", optarg);
	case MSI:
		wanted->has_msi = numbers(optarg, wanted->msi, 3);
		return wanted->has_msi ? 0 : misused("not BASE,IRQ,COUNT: ", optarg);
	case TIMEOUT_MS:
		if (numbers(optarg, &wanted->timeout, 1) && wanted->timeout >= 1 &&
		    wanted->timeout <= 10000)
			return 0;
		return misused("not a time of 1 to 10000 ms: ", optarg);
	default:
		return MISUSED;
	}
}

static int check_together(const struct wanted *wanted)
{
	bool virtio = wanted->virtio_console || wanted->disks || wanted->rng ||
		      wanted->nets || wanted->vsock;

	if (!wanted->cell)
		return misused("--cell is missing", "");
	if (strchr(wanted->cell, '/') || *wanted->cell == '.')
		return misused("no cell with devices can be named ", wanted->cell);
	if (wanted->has_pl011 && wanted->virtio_console)
		return misused("a cell has one console: --pl011 or --virtio-console", "");
	if (wanted->log && !wanted->has_pl011 && !wanted->virtio_console)
		return misused("--log is of a console", "");
	if (virtio != wanted->has_pci || wanted->has_pci != wanted->has_bank)
		return misused("virtio devices, --pci and --bank need one another", "");
	if (wanted->has_msi && !wanted->has_pci)
		return misused("--msi is of a PCI host: --pci", "");
	if (!wanted->has_pl011 && !wanted->has_power_key && !wanted->has_rtc &&
	    !wanted->has_watchdog && !virtio)
		return misused("there is no device", "");
	return 0;
}

/* 0, MISUSED, or -1: the words were questions, and are answered. */
static int parse(struct wanted *wanted, int argc, char **argv)
{
	int option, ret;

	while ((option = getopt_long(argc, argv, "", options, NULL)) > 0) {
		if (option == HELP) {
			fputs(help, stdout);
			return -1;
		}
		if (option == VERSION) {
			puts("cell-devices (Cellblock) " CELLBLOCK_VERSION);
			return -1;
		}
		ret = take_option(wanted, option);
		if (ret)
			return ret;
	}
	if (optind < argc)
		return misused("unexpected argument ", argv[optind]);
	return check_together(wanted);
}

static size_t uart_room(void *device)
{
	return pl011_room(device);
}

static void uart_receive(void *device, const u8 *bytes, size_t count)
{
	pl011_receive(device, bytes, count);
}

static void uart_send(void *owner, u8 byte)
{
	console_write(((struct devices *)owner)->console, &byte, 1);
}

static void watchdog_expired(void *owner)
{
	window_driver_fail(&((struct devices *)owner)->driver);
}

static size_t port_room(void *device)
{
	return virtio_console_room(device);
}

static void port_receive(void *device, const u8 *bytes, size_t count)
{
	virtio_console_receive(device, bytes, count);
}

static void port_send(void *owner, const u8 *bytes, size_t count)
{
	console_write(((struct devices *)owner)->console, bytes, count);
}

static int open_console(struct devices *devices, const struct wanted *wanted)
{
	const struct console_guest uart = { uart_room, uart_receive, &devices->uart };
	const struct console_guest virtio = {
		port_room, port_receive, &devices->virtio_console
	};

	devices->console = console_open(&devices->folder, wanted->log,
					wanted->has_pl011 ? &uart : &virtio);
	return devices->console ? 0 : -1;
}

static bool has_console(const struct wanted *wanted)
{
	return wanted->has_pl011 || wanted->virtio_console;
}

static bool has_folder(const struct wanted *wanted)
{
	return has_console(wanted) || wanted->has_power_key;
}

/* What root's people and programs use. */
static int open_folder(struct devices *devices, const struct wanted *wanted)
{
	char name[128];

	if (!has_folder(wanted))
		return 0;
	snprintf(name, sizeof(name), FOLDER "/%s", wanted->cell);
	if (folder_take(&devices->folder, name))
		return -1;
	if (wanted->has_power_key &&
	    power_key_open(&devices->power_key, &devices->folder, &devices->gpio))
		return -1;
	return has_console(wanted) ? open_console(devices, wanted) : 0;
}

/* What follows the last comma of @text, if that is @option: it is cut off. */
static bool has_option(char *text, const char *option)
{
	char *comma = strrchr(text, ',');

	if (!comma || strcmp(comma + 1, option))
		return false;
	*comma = '\0';
	return true;
}

/* Its queues are served by root's kernel, unless that cannot or is not to. */
static bool use_kernel(struct virtio_net *net, char *tap)
{
	if (has_option(tap, "vhost=off"))
		return false;
	if (!virtio_net_use_kernel(net, VIRTIO_NET_KERNEL))
		return true;
	warnx("frames of %s go through this program instead", tap);
	return false;
}

static int add_nets(struct devices *devices, struct wanted *wanted)
{
	char identity[128];
	unsigned int n;

	for (n = 0; n < wanted->nets; n++) {
		wanted->vhost[n] = use_kernel(&devices->net[n], wanted->net[n]);
		snprintf(identity, sizeof(identity), "%s/%u", wanted->cell, n);
		if (virtio_net_open(&devices->net[n], &devices->bus, wanted->net[n], identity))
			return -1;
	}
	return 0;
}

static int add_virtio(struct devices *devices, struct wanted *wanted)
{
	unsigned int n;
	bool read_only;

	pci_init(&devices->bus, &devices->driver.window, wanted->pci[0], wanted->pci[1],
		 wanted->pci[2], (unsigned int)wanted->pci[3]);
	if (wanted->has_msi)
		pci_use_messages(&devices->bus, wanted->msi[0], (u32)wanted->msi[1],
				 (u32)wanted->msi[2]);
	devices->virtio_console.send = port_send;
	devices->virtio_console.owner = devices;
	if (wanted->virtio_console && virtio_console_add(&devices->virtio_console, &devices->bus))
		return -1;
	for (n = 0; n < wanted->disks; n++) {
		read_only = has_option(wanted->disk[n], "ro");
		if (virtio_blk_open(&devices->disk[n], &devices->bus, wanted->disk[n], read_only))
			return -1;
	}
	if (wanted->rng && virtio_rng_add(&devices->rng, &devices->bus))
		return -1;
	if (add_nets(devices, wanted))
		return -1;
	if (!wanted->vsock)
		return 0;
	return virtio_vsock_open(&devices->vsock, &devices->bus, VIRTIO_VSOCK_KERNEL, wanted->cid);
}

static int add_devices(struct devices *devices, struct wanted *wanted)
{
	if (wanted->has_pl011) {
		devices->uart.send = uart_send;
		devices->uart.owner = devices;
		pl011_init(&devices->uart, &devices->driver.window, wanted->pl011[0],
			   (unsigned int)wanted->pl011[1]);
	}
	if (wanted->has_power_key)
		pl061_init(&devices->gpio, &devices->driver.window, wanted->power_key[0],
			   (unsigned int)wanted->power_key[1]);
	if (wanted->has_rtc)
		pl031_init(&devices->rtc, &devices->driver.window, wanted->rtc);
	devices->driver.clock = wanted->has_rtc;
	if (wanted->has_watchdog) {
		devices->watchdog.expired = watchdog_expired;
		devices->watchdog.owner = devices;
		if (sp805_open(&devices->watchdog, &devices->driver.window, wanted->watchdog))
			return -1;
	}
	return wanted->has_pci ? add_virtio(devices, wanted) : 0;
}

static bool ended;

static short wants_signals(struct loop_watch *watch)
{
	(void)watch;
	return POLLIN;
}

static void signal_came(struct loop_watch *watch, short events)
{
	(void)watch;
	(void)events;
	ended = true;
}

static int watch_signals(struct loop_watch *watch)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	*watch = (struct loop_watch){
		signalfd(-1, &set, SFD_CLOEXEC), wants_signals, signal_came
	};
	return loop_add(watch);
}

/* All that servers need; nothing is opened later. */
static int open_all(struct devices *devices, struct wanted *wanted,
		    const struct confine *confine)
{
	/* devices are there before an access can come */
	if (watch_signals(&devices->signals) || add_devices(devices, wanted) ||
	    open_folder(devices, wanted) ||
	    window_driver_open(&devices->driver, wanted->cell, (unsigned int)wanted->timeout))
		return -1;
	/* its names there go at the end */
	return has_folder(wanted) ? folder_give(&devices->folder, confine->uid, confine->gid) : 0;
}

/* Of root's kernel, what is this process's. */
static int renew_kernels(struct devices *devices, const struct wanted *wanted)
{
	unsigned int n;

	for (n = 0; n < wanted->nets; n++)
		if (wanted->vhost[n] && virtio_net_renew(&devices->net[n], VIRTIO_NET_KERNEL))
			return -1;
	if (!wanted->vsock)
		return 0;
	return virtio_vsock_renew(&devices->vsock, VIRTIO_VSOCK_KERNEL, wanted->cid);
}

/* Of @devices, which a former one may have left in any way, it believes nothing as root. */
static int serve(void *owner)
{
	const struct program *program = owner;
	const struct wanted *wanted = &program->wanted;
	struct devices *devices = program->devices;

	if (window_driver_map(&devices->driver, wanted->bank[0], wanted->bank[1]) ||
	    renew_kernels(devices, wanted) || confine_enter(&program->confine) ||
	    window_driver_begin(&devices->driver))
		return FAILED;
	if (devices->told >= 0)
		background_ready(devices->told);
	devices->told = -1;
	while (!ended && !devices->driver.gone)
		loop_once(window_work(&devices->driver.window) ? 0 : -1);
	if (devices->console)
		console_close(devices->console);
	if (wanted->has_power_key)
		power_key_close(&devices->power_key);
	return 0;
}

int main(int argc, char **argv)
{
	static struct program program = { .wanted = { .timeout = TIMEOUT } };
	int ret = parse(&program.wanted, argc, argv), told = -1;

	if (ret)
		return ret < 0 ? 0 : ret;
	if (program.wanted.background && (told = background_begin()) < 0)
		return FAILED;
	program.devices = supervise_memory(sizeof(*program.devices));
	if (!program.devices || confine_find(&program.confine, "/etc/passwd", program.wanted.user))
		return FAILED;
	program.devices->told = told;
	loop_use(&program.devices->loop);
	if (open_all(program.devices, &program.wanted, &program.confine))
		return FAILED;
	return supervise(program.wanted.cell, background_messages(), serve, &program);
}
