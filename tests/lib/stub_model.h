/* SPDX-License-Identifier: MIT */
/* Starts tests/lib/stub_model_server for a C test, and scripts it. Aborts on failure. */
#ifndef TESTS_STUB_MODEL_H
#define TESTS_STUB_MODEL_H

#include <stddef.h>

struct arena;
struct json_object;

struct stub_model {
	int pid, in, port;
	char base_url[64]; /* "http://127.0.0.1:1234/v1" */
};

/* `arguments` ends with NULL; may be NULL. */
void stub_model_start(struct stub_model *s, const char *const *arguments);
void stub_model_stop(struct stub_model *s);
/* A JSON list of behaviours; forgets what was waiting and recorded before. */
void stub_model_script(struct stub_model *s, const char *behaviours);
/* {count, requests: [{path, headers, body}]} since then. */
struct json_object *stub_model_requests(struct stub_model *s, struct arena *a);
int stub_model_count(struct stub_model *s);

#endif
