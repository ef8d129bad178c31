/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target: one function that must survive any bytes, and a name that is also the
 * folder of its seeds. libFuzzer calls it with what it invents (--enable-fuzz, CC=clang),
 * replay.c with the seeds in every `make check`.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern const char fuzz_name[];
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that must hold whatever the input. */
#define HOLDS(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                \
		}                                                               \
	} while (0)

#endif
