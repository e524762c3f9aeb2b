/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <string.h>

#include "config/sharing.h"
#include "message.h"
#include "show/cpu_list.h"

/* In microseconds, or with a unit, up to the longest period. */
static bool parse_time(char *text, u32 *time)
{
	static const struct {
		const char *unit;
		u32 us;
	} units[] = { { "", 1 }, { "us", 1 }, { "ms", 1000 }, { "s", 1000000 } };
	char *unit = text + strspn(text, "0123456789");
	u64 number;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(units) && strcmp(unit, units[n].unit); n++)
		;
	if (n == ARRAY_SIZE(units))
		return false;
	*unit = '\0';
	if (!parse_number(text, CELLBLOCK_SHARE_MAX_PERIOD / units[n].us, &number))
		return false;
	*time = (u32)number * units[n].us;
	return true;
}

/* Two times with @between. */
static bool parse_times(char *text, char between, u32 *first, u32 *second)
{
	char *other = strchr(text, between);

	if (!other)
		return false;
	*other = '\0';
	return parse_time(text, first) && parse_time(other + 1, second);
}

int share_take_cpus(const struct known_option *option, char *argument)
{
	struct cellblock_sharing *sharing = option->target;
	char *times = strchr(argument, ':');
	u32 budget = 0, period = 0;
	u64 cpus;

	if (times)
		*times++ = '\0';
	if (!cpu_list_parse(&cpus, argument))
		return misused("'%s' is not a list of CPUs such as 2-3,5", argument);
	if (times && (!parse_times(times, '/', &budget, &period) || !budget))
		return misused("--share has a budget and its period, such as 1:500/1000 or "
			       "1:2ms/10ms, at most 10 s");
	sharing->cpus = cpus;
	sharing->budget = budget;
	/* that of a plan may have been read already */
	if (times)
		sharing->period = period;
	return EXIT_DONE;
}

int share_take_period(const struct known_option *option, char *argument)
{
	struct cellblock_sharing *sharing = option->target;
	u32 period;

	if (!parse_time(argument, &period))
		return misused("--cyclic has a period, such as 1000 or 1ms, at most 10 s");
	sharing->policy = CELLBLOCK_SHARE_CYCLIC;
	sharing->period = period;
	return EXIT_DONE;
}

int share_take_slot(const struct known_option *option, char *argument)
{
	struct cellblock_sharing *sharing = option->target;
	u32 start, length;

	if (sharing->num_slots == CELLBLOCK_SHARE_SLOTS)
		return misused("more than %d slots", CELLBLOCK_SHARE_SLOTS);
	if (!parse_times(argument, '+', &start, &length))
		return misused("--slot has a start in the frame and a length, such as 0+500 or "
			       "1ms+200us");
	sharing->slots[sharing->num_slots++] =
		(struct cellblock_share_slot){ .start = start, .length = length };
	return EXIT_DONE;
}

int share_take_defer(const struct known_option *option, char *argument)
{
	struct cellblock_sharing *sharing = option->target;
	u32 time;

	if (!parse_time(argument, &time) || time > CELLBLOCK_SHARE_MAX_DEFER)
		return misused("--defer has a time, such as 20 or 20us, at most 1 ms");
	sharing->defer = time;
	return EXIT_DONE;
}

static bool is_cyclic(const struct cellblock_sharing *sharing)
{
	return sharing->policy == CELLBLOCK_SHARE_CYCLIC;
}

bool share_is_given(const struct cellblock_sharing *sharing)
{
	return sharing->cpus || is_cyclic(sharing) || sharing->num_slots || sharing->defer;
}

int share_check(const struct cellblock_sharing *sharing)
{
	if (!share_is_given(sharing))
		return EXIT_DONE;
	if (!sharing->cpus)
		return misused("--cyclic, --slot and --defer are for the CPUs of --share");
	if (is_cyclic(sharing) && sharing->budget)
		return misused("a cyclic plan has slots, no budget: --share with the CPUs alone");
	if (is_cyclic(sharing) != (sharing->num_slots > 0))
		return misused("a cyclic plan needs --cyclic and --slot");
	return EXIT_DONE;
}

void share_complete(struct cellblock_sharing *sharing)
{
	if (is_cyclic(sharing) || sharing->budget)
		return;
	sharing->budget = CELLBLOCK_SHARE_BUDGET;
	sharing->period = CELLBLOCK_SHARE_PERIOD;
}

/* Files may say anything. */
static u32 slots_of(const struct cellblock_sharing *sharing)
{
	return sharing->num_slots < CELLBLOCK_SHARE_SLOTS ? sharing->num_slots :
							    CELLBLOCK_SHARE_SLOTS;
}

void share_print(FILE *out, const struct cellblock_sharing *sharing)
{
	u32 n;

	if (!is_cyclic(sharing))
		fprintf(out, "priority %u/%u", sharing->budget, sharing->period);
	else
		fprintf(out, "cyclic %u", sharing->period);
	for (n = 0; n < slots_of(sharing); n++)
		fprintf(out, " %u+%u", sharing->slots[n].start, sharing->slots[n].length);
	if (sharing->defer)
		fprintf(out, " defer %u", sharing->defer);
}

void share_source(FILE *out, const struct cellblock_sharing *sharing)
{
	u32 n;

	fprintf(out, "\t.sharing = {\n\t\t.cpus = 0x%llxULL,\n\t\t.policy = %s,\n",
		(u64)sharing->cpus, is_cyclic(sharing) ? "CELLBLOCK_SHARE_CYCLIC" :
							 "CELLBLOCK_SHARE_PRIORITY");
	if (sharing->budget)
		fprintf(out, "\t\t.budget = %u,\n", sharing->budget);
	fprintf(out, "\t\t.period = %u,\n", sharing->period);
	if (sharing->defer)
		fprintf(out, "\t\t.defer = %u,\n", sharing->defer);
	if (is_cyclic(sharing)) {
		fprintf(out, "\t\t.num_slots = %u,\n\t\t.slots = {", sharing->num_slots);
		for (n = 0; n < slots_of(sharing); n++)
			fprintf(out, " { %u, %u },", sharing->slots[n].start,
				sharing->slots[n].length);
		fprintf(out, " },\n");
	}
	fprintf(out, "\t},\n");
}
