/* SPDX-License-Identifier: MIT */
/* Inside flow only: a compiled schema. */
#ifndef FLOW_SCHEMA_NODE_H
#define FLOW_SCHEMA_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum node_type {
	T_NULL = 1, T_BOOLEAN = 2, T_INTEGER = 4, T_NUMBER = 8, T_STRING = 16, T_ARRAY = 32, T_OBJECT = 64
};

struct node;

struct property {
	const char *name;
	const struct node *node;
};

struct node {
	bool never; /* the schema false */
	unsigned types; /* 0: any */
	const char *type_words; /* "a string or null" */
	const char **allowed; /* canonical texts of enum or const; NULL: any */
	size_t allowed_count;
	const char *allowed_words;
	struct property *properties;
	size_t property_count;
	const char *property_words;
	const char **required;
	size_t required_count;
	const struct node *additional; /* NULL: anything */
	const struct node *items;
	int64_t min_items, max_items, min_length, max_length; /* -1: none */
	bool unique;
	const struct pattern *pattern;
	const char *pattern_text;
	bool has_minimum, has_maximum;
	long double minimum, maximum; /* holds every int64 and every double */
	const char *minimum_text, *maximum_text;
	const struct node **any_of;
	size_t any_count;
	const struct node *ref;
	int mark; /* while compiling: 1 on the way, 2 found free of circles */
};

struct schema {
	const struct node *root;
};

#endif
