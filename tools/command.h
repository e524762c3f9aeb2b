/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

/*
 * A command, or a group of commands. Each command group has a file cmd/cmd_*.c
 * that defines one of these for the table in tool.c.
 */

struct command {
	const char *name;
	const char *synopsis;	/* what follows the name in the usage line */
	const char *summary;	/* one line, for the list of commands */
	const char *help;	/* text under the usage line, with newlines */

	/* argv[0] is the command's name; returns an exit code */
	int (*run)(int argc, char **argv);
	/* of a group, instead of run: ends with NULL */
	const struct command *const *commands;
};

extern const struct command cmd_enable;
extern const struct command cmd_disable;
extern const struct command cmd_config;
extern const struct command cmd_config_create;
extern const struct command cmd_config_check;
extern const struct command cmd_config_show;
extern const struct command cmd_config_diff;
extern const struct command cmd_config_suggest;
extern const struct command cmd_hardware;
extern const struct command cmd_console;
extern const struct command cmd_cell;
extern const struct command cmd_cell_create;
extern const struct command cmd_cell_list;
extern const struct command cmd_cell_linux;
extern const struct command cmd_cell_load;
extern const struct command cmd_cell_save;
extern const struct command cmd_cell_start;
extern const struct command cmd_cell_restart;
extern const struct command cmd_cell_shutdown;
extern const struct command cmd_cell_destroy;
extern const struct command cmd_cell_stats;
extern const struct command cmd_cell_latency;
extern const struct command cmd_cell_failure;
extern const struct command cmd_cell_timeline;

extern const struct command cmd_shmem;
extern const struct command cmd_shmem_list;
extern const struct command cmd_shmem_ping;
extern const struct command cmd_shmem_bench;

extern const struct command cmd_channel;
extern const struct command cmd_channel_list;
extern const struct command cmd_channel_stats;
extern const struct command cmd_channel_watch;
extern const struct command cmd_channel_cat;
extern const struct command cmd_channel_send;

/*
 * Run what argv[1] names in @group; argv[0] is the group's own name. Returns an
 * exit code.
 */
int command_run(const struct command *group, int argc, char **argv);

/* Print the help of the command that runs. */
void command_help(void);

/* The whole command line, from main(). */
int tool_main(int argc, char **argv);

#endif /* TOOLS_COMMAND_H */
