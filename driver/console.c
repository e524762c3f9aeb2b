// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <asm/cputype.h>

#include <cellblock/loader.h>

#include "console.h"
#include "mem/content.h"

/*
 * The hypervisor does not tell Linux about new characters (that would cost
 * the cells): somebody who follows the console is looked after this often.
 */
#define LOOK_MS		50
#define PIECE		512

/* Held for reading while the console is read, for writing to change it. */
static DECLARE_RWSEM(console_lock);
static const struct cellblock_shared *live;	/* NULL: see last */
static struct cellblock_shared last;		/* after disabling */
static u32 enabling;				/* counts the enablings */
/* of Linux's CPUs when it was enabled, 0: not online */
static u64 mpidrs[CELLBLOCK_MAX_CPUS];

static DECLARE_WAIT_QUEUE_HEAD(news);
static atomic_t followers = ATOMIC_INIT(0);
static u32 seen;				/* by the work */

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_work, look);

static void look_later(void)
{
	if (live && atomic_read(&followers))
		schedule_delayed_work(&look_work, msecs_to_jiffies(LOOK_MS));
}

static void look(struct work_struct *work)
{
	down_read(&console_lock);
	if (live && READ_ONCE(live->console_head) != seen) {
		seen = READ_ONCE(live->console_head);
		wake_up_interruptible(&news);
	}
	look_later();
	up_read(&console_lock);
}

static void note_mpidr(void *unused)
{
	if (smp_processor_id() < CELLBLOCK_MAX_CPUS)
		mpidrs[smp_processor_id()] = read_cpuid_mpidr();
}

void console_attach(const struct cellblock_shared *shared)
{
	memset(mpidrs, 0, sizeof(mpidrs));
	on_each_cpu(note_mpidr, NULL, 1);
	down_write(&console_lock);
	live = shared;
	enabling++;
	seen = 0;
	look_later();
	up_write(&console_lock);
}

void console_detach(void)
{
	down_write(&console_lock);
	last = *live;
	/* a reset may follow, after which only memory has it */
	content_flush((void *)live, sizeof(*live));
	live = NULL;
	up_write(&console_lock);
	cancel_delayed_work_sync(&look_work);
	wake_up_interruptible(&news);
}

/* All of the following with console_lock held. */

static const struct cellblock_shared *source(void)
{
	return live ? live : &last;
}

static u32 head(void)
{
	/* the characters before the count are read after it */
	return smp_load_acquire(&source()->console_head);
}

/* The first character that is still there. */
static u32 oldest(u32 end)
{
	return end > CELLBLOCK_CONSOLE_LEN ? end - CELLBLOCK_CONSOLE_LEN : 0;
}

static void catch_up(struct console_reader *reader)
{
	if (reader->enabling != enabling) {
		reader->enabling = enabling;
		reader->position = oldest(head());
	}
}

static bool has_news(struct console_reader *reader)
{
	catch_up(reader);
	return head() != reader->position;
}

/*
 * Copies from @position on. What was overwritten before it could be read is
 * replaced by a note. Returns the characters in @to and moves *@position.
 */
static size_t copy(u32 *position, char *to, size_t size)
{
	u32 end = head(), at = max(*position, oldest(end));
	size_t i, count = min_t(u32, end - at, size);

	for (i = 0; i < count; i++)
		to[i] = READ_ONCE(source()->console[(at + i) %
						    CELLBLOCK_CONSOLE_LEN]);
	/* the characters were read before it is asked whether they held */
	smp_rmb();
	if (oldest(READ_ONCE(source()->console_head)) > *position) {
		u32 lost = oldest(READ_ONCE(source()->console_head)) - *position;

		*position += lost;
		return scnprintf(to, size, "\n[%u characters lost]\n", lost);
	}
	*position = at + count;
	return count;
}

size_t console_latest(char *to, size_t size)
{
	size_t count;
	u32 end, at;

	down_read(&console_lock);
	end = head();
	at = max_t(u32, oldest(end), end > size ? end - size : 0);
	count = copy(&at, to, size);
	up_read(&console_lock);
	return count;
}

/* The stamp of the line that begins at @position, NULL if there is none (any more). */
static const struct cellblock_stamp *find_stamp(const struct cellblock_shared *shared, u32 position)
{
	unsigned int n;

	for (n = 0; n < CELLBLOCK_STAMPS && n < shared->num_stamps; n++)
		if (shared->stamp[n].position == position)
			return &shared->stamp[n];
	return NULL;
}

static int cpu_of(u64 mpidr)
{
	int cpu;

	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++)
		if (mpidrs[cpu] == mpidr)
			return cpu;
	return -1;
}

static size_t put_stamp(char *to, size_t room, const struct cellblock_stamp *stamp)
{
	if (!stamp)
		return 0;
	return scnprintf(to, room, "[%llu CPU %d] ", stamp->time, cpu_of(stamp->mpidr));
}

/* Of a copy of what is shared. */
static size_t write_stamped(const struct cellblock_shared *shared, char *to, size_t room)
{
	u32 end = shared->console_head, at = oldest(end);
	size_t len = 0;
	char c = '\n';

	for (; at != end && len + 1 < room; at++) {
		if (c == '\n')
			len += put_stamp(to + len, room - len, find_stamp(shared, at));
		c = shared->console[at % CELLBLOCK_CONSOLE_LEN];
		to[len++] = c;
	}
	return len;
}

size_t console_stamped(char *to, size_t room)
{
	struct cellblock_shared *copy = kvmalloc(sizeof(*copy), GFP_KERNEL);
	size_t len;

	if (!copy)
		return 0;
	down_read(&console_lock);
	/* characters that come meanwhile are not counted yet */
	copy->console_head = head();
	memcpy(copy->console, source()->console, sizeof(copy->console));
	memcpy(copy->stamp, source()->stamp, sizeof(copy->stamp));
	copy->num_stamps = READ_ONCE(source()->num_stamps);
	up_read(&console_lock);
	len = write_stamped(copy, to, room);
	kvfree(copy);
	return len;
}

/* 1: there is something, 0: there will not be, or not now, or a negative errno */
static int wait_for_news(struct console_reader *reader, bool nonblock)
{
	bool some, ended;
	DEFINE_WAIT(wait);
	int ret = 0;

	for (;;) {
		prepare_to_wait(&news, &wait, TASK_INTERRUPTIBLE);
		down_read(&console_lock);
		some = has_news(reader);
		ended = !live;
		up_read(&console_lock);
		if (some || ended || nonblock)
			ret = some;
		else if (signal_pending(current))
			ret = -ERESTARTSYS;
		else {
			schedule();
			continue;
		}
		break;
	}
	finish_wait(&news, &wait);
	return ret;
}

static void follow(struct console_reader *reader)
{
	if (reader->follows)
		return;
	reader->follows = true;
	atomic_inc(&followers);
	down_read(&console_lock);
	look_later();
	up_read(&console_lock);
}

ssize_t console_read(struct console_reader *reader, char __user *to,
		     size_t size, bool nonblock)
{
	char piece[PIECE];
	size_t count;
	u32 position;
	int ret;

	if (!size)
		return 0;
	follow(reader);
	ret = wait_for_news(reader, nonblock);
	if (ret <= 0)
		return ret;

	down_read(&console_lock);
	catch_up(reader);
	position = reader->position;
	count = copy(&position, piece, min_t(size_t, size, sizeof(piece)));
	up_read(&console_lock);
	if (copy_to_user(to, piece, count))
		return -EFAULT;
	reader->position = position;
	return count;
}

__poll_t console_poll(struct console_reader *reader, struct file *file,
		      poll_table *wait)
{
	__poll_t mask = 0;

	follow(reader);
	poll_wait(file, &news, wait);
	down_read(&console_lock);
	if (has_news(reader) || !live)
		mask = EPOLLIN | EPOLLRDNORM;
	up_read(&console_lock);
	return mask;
}

void console_release(struct console_reader *reader)
{
	if (reader->follows)
		atomic_dec(&followers);
}
