// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A control loop: a sensor task simulates a motor and measures its speed 2000
 * times a second, a control task keeps that speed with a PID controller 1000
 * times a second, and a logger says how it goes. At the end it shows how late
 * the control task was, and fails if the motor was not kept at its speed.
 * Meanwhile a fourth task tells root by shared memory how late it is: see
 * `jailhouse cell latency`, whose "timer" is the control task.
 *
 * Parameters:
 *	seconds=NUMBER		how long (default 10; 0: until asked to stop)
 *	watchdog=MILLISECONDS	have the cell watched (default 0: not)
 */

#include <inmate.h>
#include <libcell/latency.h>

#include <rtos.h>
#include <rtos_link.h>

CMDLINE_BUFFER(256);

#define TICK_HZ			10000
#define SENSOR_TICKS		5
#define CONTROL_TICKS		10
#define LOGGER_TICKS		1000
#define LOGGER_LINES		10	/* loops of the logger per line */

/* The set point changes every two seconds. */
#define PLATEAU			2000	/* control periods */
#define SPEED_LOW		50.0
#define SPEED_HIGH		100.0
#define SPEED_GOOD		2.0	/* error allowed at a plateau's end */

#define BARS			50	/* width of the histogram */
#define MAX_ROWS		24

static const struct {
	double gain, time_constant, friction;
} motor = { 10.0, 0.05, 15.0 };

static const struct {
	double p, i, d, limit;
} pid = { 0.6, 8.0, 0.002, 24.0 };

/* Everything is allocated here: there is no heap. */
static RTOS_STACK(4096) timer_stack;

const struct rtos_config rtos_config = {
	.tick_hz = TICK_HZ,
	.accounting = RTOS_ACCOUNTING(.slice_ticks = 50, .watchdog_ticks = TICK_HZ),
	.timers = &rtos_timer_thread,
	.timer_stack = &timer_stack,
	.timer_stack_size = sizeof(timer_stack),
	.timer_priority = osPriorityLow,
	.fault_policy = RTOS_FAULT_FAIL,
	.measure_irqs_off = true,
};

struct task {
	RTOS_CB(THREAD) control;
	RTOS_STACK(8192) stack;
};

static struct task sensor_task, control_task, link_task, logger_task;

/* What the control task tells the logger, once in a while. */
struct report {
	double set_point, speed, output;
	u32 loops;
	u32 bad_plateaus;
	u32 lost_samples;
};

static RTOS_CB(MESSAGE_QUEUE) samples_control, reports_control;
static u8 samples_memory[RTOS_MESSAGE_QUEUE_SIZE(8, sizeof(double))]
	__attribute__((aligned(8)));
static u8 reports_memory[RTOS_MESSAGE_QUEUE_SIZE(4, sizeof(struct report))]
	__attribute__((aligned(8)));
static osMessageQueueId_t samples, reports;

/* Written by the control task only. */
static struct histogram lateness, period_jitter;

static volatile double motor_voltage;

static struct rtos_link link;
static struct libcell_latency latency;

/* ==== Sensor ==== */

/* A small disturbance, the same in every run. */
static double noise(void)
{
	static u32 state = 1;

	state = state * 1664525 + 1013904223;
	return ((double)(state >> 16) / 65536.0 - 0.5) * 0.2;
}

static double motor_step(double speed, double seconds)
{
	double drive = motor.gain * motor_voltage;

	if (speed > 0.0)
		drive -= motor.friction;
	return speed + (drive - speed) / motor.time_constant * seconds;
}

static void sensor_main(void *unused)
{
	u32 tick = osKernelGetTickCount();
	double speed = 0.0, measured;

	(void)unused;
	for (;;) {
		speed = motor_step(speed, (double)SENSOR_TICKS / TICK_HZ);
		measured = speed + noise();
		/* full: the control task has stopped, and the logger will say so */
		osMessageQueuePut(samples, &measured, 0, 0);
		tick += SENSOR_TICKS;
		osDelayUntil(tick);
	}
}

/* ==== Control ==== */

static double pid_step(double error)
{
	const double seconds = (double)CONTROL_TICKS / TICK_HZ;
	static double integral, last_error;
	double output;

	output = pid.p * error + pid.i * integral +
		 pid.d * (error - last_error) / seconds;
	last_error = error;
	/* no wind-up while the output is at its limit */
	if (output > pid.limit)
		return pid.limit;
	if (output < -pid.limit)
		return -pid.limit;
	integral += error * seconds;
	return output;
}

static void measure(u32 tick)
{
	static u64 before;
	u64 now = timer_get_ticks(), period;
	u64 nominal = timer_ns_to_ticks(1000000000ULL / TICK_HZ * CONTROL_TICKS);
	u64 late = now - rtos_tick_time(tick);

	histogram_add(&lateness, timer_ticks_to_ns(late));
	if (latency.running)
		libcell_latency_add(&latency, LIBCELL_LATENCY_TIMER, late);
	if (before) {
		period = now - before;
		histogram_add(&period_jitter,
			      timer_ticks_to_ns(period > nominal ? period - nominal :
								   nominal - period));
	}
	before = now;
}

/* The mean of what has come since the last time. */
static double take_samples(struct report *report)
{
	double sample, sum = 0.0;
	u32 count = 0;

	while (osMessageQueueGet(samples, &sample, NULL, 0) == osOK) {
		sum += sample;
		count++;
	}
	if (!count) {
		report->lost_samples++;
		return report->speed;
	}
	return sum / count;
}

static void control_main(void *unused)
{
	struct report report = { .set_point = SPEED_LOW };
	u32 tick = osKernelGetTickCount();
	double error;

	(void)unused;
	histogram_reset(&lateness);
	histogram_reset(&period_jitter);
	for (;;) {
		tick += CONTROL_TICKS;
		/* a period that is over already is left out */
		while (osDelayUntil(tick) != osOK)
			tick += CONTROL_TICKS;
		measure(tick);

		report.speed = take_samples(&report);
		error = report.set_point - report.speed;
		report.output = pid_step(error);
		motor_voltage = report.output;
		if (++report.loops % PLATEAU == 0) {
			if (error > SPEED_GOOD || error < -SPEED_GOOD)
				report.bad_plateaus++;
			report.set_point = SPEED_LOW + SPEED_HIGH - report.set_point;
		}
		if (report.loops % 100 == 0)
			osMessageQueuePut(reports, &report, 0, 0);
	}
}

/* ==== Link ==== */

static bool answer(struct libcell_service *service, u32 peer,
		   struct libcell_message *message)
{
	(void)service;
	(void)peer;
	latency.doorbell = link.last_event;
	return libcell_latency_answer(&latency, message);
}

static void link_main(void *unused)
{
	static struct libcell_service service = { .handler = answer };
	struct libcell_link *libcell = &link.device.link;
	u32 seen;
	int ret;

	(void)unused;
	latency.frequency = timer_get_frequency();
	ret = rtos_link_open(&link, NULL, RTOS_IRQ_PRIORITY_DEFAULT);
	if (!ret)
		ret = libcell_service_open(&service, libcell);
	if (ret) {
		rtos_printf("rtos-demo: no link to root (error %d)\n", ret);
		return;
	}
	for (;;) {
		seen = libcell_events(libcell);
		if (libcell_serve(&service) || !libcell_service_arm(&service))
			continue;
		libcell_wait(libcell, seen, LIBCELL_FOREVER);
	}
}

/* ==== Logger ==== */

static int milli(double value)
{
	return (int)(value * 1000.0);
}

static void print_report(const struct report *report)
{
	rtos_printf("rtos-demo: %u loops, set point %d, speed %d, output %d (in 1/1000), late at most %llu ns\n",
		    report->loops, milli(report->set_point), milli(report->speed),
		    milli(report->output), lateness.max);
}

/* Bins are put together so that all of it fits. */
static void print_histogram(const char *what, const struct histogram *h)
{
	unsigned int first = histogram_bin(h->min), last = histogram_bin(h->max);
	unsigned int step = (last - first) / MAX_ROWS + 1;
	u64 most = 1, sum;

	rtos_printf("rtos-demo: %s: min %llu ns, average %llu ns, max %llu ns (%llu times)\n",
		    what, h->min, h->sum / h->count, h->max, h->count);
	for (int print = 0; print < 2; print++)
		for (unsigned int bin = first; bin <= last; bin += step) {
			char bar[BARS + 1] = "";

			sum = 0;
			for (unsigned int n = bin; n < bin + step && n <= last; n++)
				sum += h->bin[n];
			if (sum > most)
				most = sum;
			for (u64 n = 0; n < (sum * BARS + most - 1) / most; n++)
				bar[n] = '#';
			if (print)
				rtos_printf("%12llu ns %8llu %s\n",
					    histogram_start(bin), sum, bar);
		}
}

static void __attribute__((noreturn)) finish(const struct report *report)
{
	bool good = !report->bad_plateaus && report->loops >= PLATEAU;

	print_histogram("lateness of the control task", &lateness);
	print_histogram("deviation of its period from 1 ms", &period_jitter);
	rtos_irqs_off_report();
	rtos_printf("rtos-demo: %u loops, %u without a sample, the speed was %s\n",
		    report->loops, report->lost_samples, good ? "kept" : "NOT kept");
	inmate_end(good ? JAILHOUSE_CELL_SHUT_DOWN : JAILHOUSE_CELL_FAILED);
}

/* The logger ends the cell, when it has said how it went. */
bool rtos_shutdown_hook(void)
{
	return false;
}

/* Of the lowest priority: who kicks the cell's watchdog shows that all is well. */
static void logger_main(void *unused)
{
	u32 loops = (u32)cmdline_parse_int("seconds", 10) * TICK_HZ / LOGGER_TICKS;
	struct report report = { 0 };

	(void)unused;
	comm_region->watchdog_timeout = (u32)cmdline_parse_int("watchdog", 0);
	for (u32 n = 1; !loops || n <= loops; n++) {
		osDelay(LOGGER_TICKS);
		comm_region->watchdog_kicks++;
		while (osMessageQueueGet(reports, &report, NULL, 0) == osOK)
			;
		if (n % LOGGER_LINES == 0)
			print_report(&report);
		if (comm_poll(true))
			break;
	}
	finish(&report);
}

/* ==== Start ==== */

static void start(struct task *task, const char *name, osThreadFunc_t func,
		  osPriority_t priority)
{
	const osThreadAttr_t attr = {
		.name = name,
		.cb_mem = &task->control,
		.cb_size = sizeof(task->control),
		.stack_mem = &task->stack,
		.stack_size = sizeof(task->stack),
		.priority = priority,
	};

	if (!osThreadNew(func, NULL, &attr))
		panic("rtos-demo: no thread %s", name);
}

int main(void)
{
	const osMessageQueueAttr_t samples_attr = {
		.name = "samples",
		.cb_mem = &samples_control,
		.cb_size = sizeof(samples_control),
		.mq_mem = samples_memory,
		.mq_size = sizeof(samples_memory),
	};
	const osMessageQueueAttr_t reports_attr = {
		.name = "reports",
		.cb_mem = &reports_control,
		.cb_size = sizeof(reports_control),
		.mq_mem = reports_memory,
		.mq_size = sizeof(reports_memory),
	};

	osKernelInitialize();
	samples = osMessageQueueNew(8, sizeof(double), &samples_attr);
	reports = osMessageQueueNew(4, sizeof(struct report), &reports_attr);
	if (!samples || !reports)
		panic("rtos-demo: no queues");
	start(&sensor_task, "sensor", sensor_main, osPriorityHigh);
	start(&control_task, "control", control_main, osPriorityRealtime);
	start(&link_task, "link", link_main, osPriorityNormal);
	start(&logger_task, "logger", logger_main, osPriorityLow);
	return osKernelStart();
}
