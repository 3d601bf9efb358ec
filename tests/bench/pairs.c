// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pairs N A... -- B...: runs the commands A and B in turn, N times each after one unmeasured pair,
 * without their output. Prints their median times in microseconds and their peak memory in KiB.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define N_MAX 1000

extern char **environ;

struct command {
	char **argv;
	double time[N_MAX];
	long memory;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void run(struct command *c, int n, posix_spawn_file_actions_t *quiet)
{
	struct rusage usage;
	double start = now();
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, c->argv[0], quiet, NULL, c->argv, environ) ||
	    wait4(pid, &status, 0, &usage) != pid || status) {
		fprintf(stderr, "pairs: %s failed\n", c->argv[0]);
		exit(1);
	}
	if (n >= 0)
		c->time[n] = now() - start;
	if (usage.ru_maxrss > c->memory)
		c->memory = usage.ru_maxrss;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static struct command c[2];
	posix_spawn_file_actions_t quiet;
	int n = argc > 1 ? atoi(argv[1]) : 0, i;

	for (i = 2; i < argc && strcmp(argv[i], "--"); i++)
		;
	if (n < 1 || n > N_MAX || i == 2 || i + 1 >= argc) {
		fprintf(stderr, "usage: pairs N A... -- B...\n");
		return 2;
	}
	argv[i] = NULL;
	c[0].argv = argv + 2;
	c[1].argv = argv + i + 1;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (i = -1; i < n; i++) {
		run(&c[0], i, &quiet);
		run(&c[1], i, &quiet);
	}
	for (i = 0; i < 2; i++) {
		qsort(c[i].time, (size_t)n, sizeof(c[i].time[0]), compare);
		printf("%.0f %ld%c", c[i].time[n / 2], c[i].memory, i ? '\n' : ' ');
	}
	return 0;
}
