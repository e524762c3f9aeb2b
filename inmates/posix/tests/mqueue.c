// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Message queues. */

#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>

#include "expect.h"

static const struct mq_attr small = { .mq_maxmsg = 2, .mq_msgsize = 16 };
static const struct mq_attr *const usual;
static mqd_t queue;
static sem_t told;

static void open_small(int flags)
{
	queue = mq_open("/q", O_CREAT | O_EXCL | O_RDWR | flags, 0600, &small);
	EXPECT(queue >= 0);
}

static void close_it(void)
{
	EXPECT_EQ(mq_close(queue), 0);
	EXPECT_EQ(mq_unlink("/q"), 0);
}

static void names_and_descriptors(void)
{
	const struct mq_attr wrong = { .mq_maxmsg = 0, .mq_msgsize = 16 };
	const struct mq_attr large = { .mq_maxmsg = 1 << 19, .mq_msgsize = 1 << 12 };
	mqd_t more[MQ_OPEN_MAX];
	int count = 0;

	EXPECT_ERRNO(mq_open("/q", O_RDWR), ENOENT);
	EXPECT_ERRNO(mq_open("q", O_RDWR | O_CREAT, 0600, usual), EINVAL);
	EXPECT_ERRNO(mq_open("/a-name-that-is-longer-than-all-of-them", O_RDWR), ENAMETOOLONG);
	EXPECT_ERRNO(mq_open("/q", O_RDWR | O_CREAT, 0600, &wrong), EINVAL);
	EXPECT_ERRNO(mq_open("/q", O_RDWR | O_CREAT, 0600, &large), ENOSPC);
	EXPECT_ERRNO(mq_open("/q", O_ACCMODE | O_CREAT, 0600, usual), EINVAL);
	open_small(0);
	EXPECT_ERRNO(mq_open("/q", O_RDWR | O_CREAT | O_EXCL, 0600, usual), EEXIST);
	while (count < MQ_OPEN_MAX) {
		more[count] = mq_open("/q", O_RDWR);
		if (more[count] < 0)
			break;
		count++;
	}
	EXPECT_EQ(errno, EMFILE);
	EXPECT_EQ(count, MQ_OPEN_MAX - 1);
	while (count--)
		EXPECT_EQ(mq_close(more[count]), 0);
	close_it();
	EXPECT_ERRNO(mq_unlink("/q"), ENOENT);
	EXPECT_ERRNO(mq_unlink("q"), EINVAL);
	EXPECT_ERRNO(mq_unlink("/a-name-that-is-longer-than-all-of-them"), ENAMETOOLONG);
	EXPECT_ERRNO(mq_close(queue), EBADF);
	EXPECT_ERRNO(mq_close(-1), EBADF);
	EXPECT_ERRNO(mq_close(MQ_OPEN_MAX), EBADF);
}

static void a_name_goes_first(void)
{
	char message[16];
	mqd_t other;

	open_small(0);
	other = mq_open("/q", O_RDONLY);
	EXPECT_EQ(mq_unlink("/q"), 0);
	EXPECT_ERRNO(mq_open("/q", O_RDWR), ENOENT);
	EXPECT_EQ(mq_send(queue, "still", 5, 0), 0);
	EXPECT_EQ(mq_close(queue), 0);
	EXPECT_EQ(mq_receive(other, message, sizeof(message), NULL), 5);
	EXPECT_EQ(mq_close(other), 0);
}

static void messages_have_sizes_and_priorities(void)
{
	unsigned int priority;
	char message[16];

	open_small(0);
	EXPECT_EQ(mq_send(queue, "low", 3, 1), 0);
	EXPECT_EQ(mq_send(queue, "", 0, MQ_PRIO_MAX - 1), 0);
	EXPECT_EQ(mq_receive(queue, message, sizeof(message), &priority), 0);
	EXPECT_EQ(priority, MQ_PRIO_MAX - 1);
	EXPECT_EQ(mq_send(queue, "later", 5, 1), 0);
	EXPECT_EQ(mq_receive(queue, message, sizeof(message), &priority), 3);
	EXPECT(!memcmp(message, "low", 3) && priority == 1);
	EXPECT_EQ(mq_receive(queue, message, sizeof(message), NULL), 5);
	EXPECT_ERRNO(mq_send(queue, "more than sixteen", 17, 1), EMSGSIZE);
	EXPECT_ERRNO(mq_send(queue, "", 0, MQ_PRIO_MAX), EINVAL);
	EXPECT_ERRNO(mq_receive(queue, message, 15, NULL), EMSGSIZE);
	close_it();
	EXPECT_ERRNO(mq_send(queue, "", 0, 0), EBADF);
	EXPECT_ERRNO(mq_receive(queue, message, 16, NULL), EBADF);
}

static void access_is_kept(void)
{
	char message[16];
	mqd_t in, out;

	open_small(0);
	in = mq_open("/q", O_RDONLY);
	out = mq_open("/q", O_WRONLY);
	EXPECT_ERRNO(mq_send(in, "", 0, 0), EBADF);
	EXPECT_ERRNO(mq_receive(out, message, 16, NULL), EBADF);
	EXPECT_EQ(mq_send(out, "x", 1, 0), 0);
	EXPECT_EQ(mq_receive(in, message, 16, NULL), 1);
	EXPECT_EQ(mq_close(in), 0);
	EXPECT_EQ(mq_close(out), 0);
	close_it();
}

static void nonblocking_and_timed(void)
{
	struct timespec until = in_ms(CLOCK_REALTIME, 3);
	struct mq_attr attr, before;
	char message[16];

	open_small(O_NONBLOCK);
	EXPECT_ERRNO(mq_receive(queue, message, 16, NULL), EAGAIN);
	EXPECT_EQ(mq_send(queue, "1", 1, 0), 0);
	EXPECT_EQ(mq_send(queue, "2", 1, 0), 0);
	EXPECT_ERRNO(mq_send(queue, "3", 1, 0), EAGAIN);
	EXPECT_EQ(mq_getattr(queue, &attr), 0);
	EXPECT(attr.mq_flags == O_NONBLOCK && attr.mq_maxmsg == 2 && attr.mq_msgsize == 16 &&
	       attr.mq_curmsgs == 2);
	/* nothing but the flag can be set */
	attr = (struct mq_attr){ .mq_maxmsg = 9, .mq_msgsize = 99, .mq_curmsgs = 5 };
	EXPECT_EQ(mq_setattr(queue, &attr, &before), 0);
	EXPECT_EQ(mq_getattr(queue, &attr), 0);
	EXPECT(!attr.mq_flags && attr.mq_maxmsg == 2 && attr.mq_msgsize == 16 &&
	       attr.mq_curmsgs == 2);
	EXPECT_EQ(before.mq_flags, O_NONBLOCK);
	EXPECT_ERRNO(mq_timedsend(queue, "3", 1, 0, &until), ETIMEDOUT);
	EXPECT(now_ns(CLOCK_REALTIME) >= ns_of(&until));
	EXPECT_EQ(mq_timedreceive(queue, message, 16, NULL, &until), 1);
	EXPECT_EQ(mq_timedreceive(queue, message, 16, NULL, &until), 1);
	EXPECT_ERRNO(mq_timedreceive(queue, message, 16, NULL, &until), ETIMEDOUT);
	until.tv_nsec = -1;
	EXPECT_ERRNO(mq_timedreceive(queue, message, 16, NULL, &until), EINVAL);
	EXPECT_ERRNO(mq_timedsend(queue, "3", 1, 0, &until), EINVAL);
	close_it();
	EXPECT_ERRNO(mq_getattr(queue, &attr), EBADF);
	EXPECT_ERRNO(mq_setattr(queue, &attr, NULL), EBADF);
}

static void past_times_do_not_matter(void)
{
	struct timespec past = in_ms(CLOCK_REALTIME, 0);
	char message[16];

	open_small(0);
	EXPECT_EQ(mq_timedsend(queue, "1", 1, 0, &past), 0);
	EXPECT_EQ(mq_timedreceive(queue, message, 16, NULL, &past), 1);
	EXPECT_ERRNO(mq_timedreceive(queue, message, 16, NULL, &past), ETIMEDOUT);
	close_it();
}

static void opening_changes_nothing(void)
{
	struct mq_attr attr;
	char message[64];
	mqd_t other;

	queue = mq_open("/q", O_CREAT | O_RDWR, 0600, usual);
	EXPECT_EQ(mq_getattr(queue, &attr), 0);
	EXPECT(attr.mq_maxmsg == 8 && attr.mq_msgsize == 64);
	EXPECT_EQ(mq_send(queue, "1", 1, 0), 0);
	/* attributes are for a queue that is not there */
	other = mq_open("/q", O_CREAT | O_RDWR, 0600, &small);
	EXPECT_EQ(mq_getattr(other, &attr), 0);
	EXPECT(attr.mq_maxmsg == 8 && attr.mq_msgsize == 64 && attr.mq_curmsgs == 1);
	EXPECT_EQ(mq_receive(other, message, sizeof(message), NULL), 1);
	EXPECT_EQ(mq_close(other), 0);
	close_it();
}

static void *open_exclusively(void *unused)
{
	(void)unused;
	return (void *)(s64)mq_open("/q", O_CREAT | O_EXCL | O_RDWR, 0600, &small);
}

static void one_creates_it(void)
{
	for (int n = 0; n < 20; n++) {
		pthread_t threads[4];
		int opened = 0;

		for (int m = 0; m < 4; m++)
			threads[m] = start(open_exclusively, NULL);
		for (int m = 0; m < 4; m++) {
			s64 mq = join(threads[m]);

			if (mq < 0)
				continue;
			opened++;
			queue = (mqd_t)mq;
		}
		EXPECT_EQ(opened, 1);
		close_it();
	}
}

static void *send_many(void *argument)
{
	for (int n = 0; n < 500; n++)
		EXPECT_EQ(mq_send(queue, (char *)&n, sizeof(n), 3), 0);
	return argument;
}

static void those_that_wait_go_on(void)
{
	pthread_t thread;

	open_small(0);
	thread = start_blocked(send_many, NULL);
	for (int n = 0; n < 500; n++) {
		int got[4] = { -1 };

		EXPECT_EQ(mq_receive(queue, (char *)got, sizeof(got), NULL), sizeof(n));
		if (!EXPECT_EQ(got[0], n))
			break;
	}
	EXPECT_EQ(join(thread), 0);
	close_it();
}

static void on_message(union sigval value)
{
	EXPECT_EQ(value.sival_int, 5);
	sem_post(&told);
}

static void *receive_one(void *argument)
{
	char message[16];

	EXPECT_EQ(mq_receive(queue, message, 16, NULL), 1);
	return argument;
}

static void they_tell(void)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD,
		.sigev_value.sival_int = 5,
		.sigev_notify_function = on_message,
	};
	char message[16];
	pthread_t thread;
	mqd_t other;

	sem_init(&told, 0, 0);
	open_small(0);
	EXPECT_EQ(mq_notify(queue, &event), 0);
	EXPECT_ERRNO(mq_notify(queue, &event), EBUSY);
	/* who waits for it gets it, and nobody is told */
	thread = start_blocked(receive_one, NULL);
	EXPECT_EQ(mq_send(queue, "1", 1, 0), 0);
	EXPECT_EQ(join(thread), 0);
	EXPECT_ERRNO(sem_trywait(&told), EAGAIN);
	EXPECT_EQ(mq_send(queue, "2", 1, 0), 0);
	EXPECT_EQ(sem_wait(&told), 0);
	/* once */
	EXPECT_EQ(mq_receive(queue, message, 16, NULL), 1);
	EXPECT_EQ(mq_send(queue, "3", 1, 0), 0);
	sleep_ms(2);
	EXPECT_ERRNO(sem_trywait(&told), EAGAIN);
	EXPECT_EQ(mq_notify(queue, &event), 0);
	EXPECT_EQ(mq_notify(queue, NULL), 0);
	EXPECT_EQ(mq_notify(queue, &event), 0);
	/* what was asked for through a descriptor goes with it */
	other = mq_open("/q", O_RDONLY);
	EXPECT_ERRNO(mq_notify(other, &event), EBUSY);
	EXPECT_EQ(mq_notify(queue, NULL), 0);
	EXPECT_EQ(mq_notify(other, &event), 0);
	EXPECT_EQ(mq_close(other), 0);
	EXPECT_EQ(mq_notify(queue, &event), 0);
	event.sigev_notify = SIGEV_SIGNAL;
	EXPECT_ERRNO(mq_notify(queue, &event), ENOTSUP);
	event.sigev_notify = 9;
	EXPECT_ERRNO(mq_notify(queue, &event), EINVAL);
	close_it();
	EXPECT_ERRNO(mq_notify(queue, &event), EBADF);
}

static void nothing_is_lost(void)
{
	for (int n = 0; n < 2000; n++) {
		open_small(0);
		if (queue < 0)
			break;
		EXPECT_EQ(mq_send(queue, "1", 1, 0), 0);
		close_it();
	}
}

static const struct test tests[] = {
	TEST(names_and_descriptors),
	TEST(a_name_goes_first),
	TEST(messages_have_sizes_and_priorities),
	TEST(access_is_kept),
	TEST(nonblocking_and_timed),
	TEST(past_times_do_not_matter),
	TEST(opening_changes_nothing),
	TEST(one_creates_it),
	TEST(those_that_wait_go_on),
	TEST(they_tell),
	TEST(nothing_is_lost),
};

int main(void)
{
	TEST_RUN("posix-mqueue", tests);
}
