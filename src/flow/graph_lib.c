/* SPDX-License-Identifier: MIT */
#include "flow/graph_lib.h"

#include <pthread.h>
#include <string.h>

#include <graphviz/cgraph.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char complaint[256];
static agusererrf before;

static int complain(char *text)
{
	size_t have = strlen(complaint), n = strcspn(text, "\n");

	if (n > sizeof(complaint) - 1 - have)
		n = sizeof(complaint) - 1 - have;
	memcpy(complaint + have, text, n);
	complaint[have + n] = '\0';
	return 0;
}

void graph_lib_begin(void)
{
	pthread_mutex_lock(&turn);
	before = agseterrf(complain);
	complaint[0] = '\0';
}

void graph_lib_end(void)
{
	agseterrf(before);
	pthread_mutex_unlock(&turn);
}

const char *graph_lib_complaint(void)
{
	return complaint;
}
