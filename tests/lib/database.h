/* SPDX-License-Identifier: MIT */
/* For tests that need a database, however they are started. */
#ifndef TESTS_LIB_DATABASE_H
#define TESTS_LIB_DATABASE_H

#include <stdbool.h>

/* First in main(): where there is no database of this test's own yet, starts the program
   again below tests/lib/with-database. `empty`: one without the schema. */
void need_database(char **argv, bool empty);
/* The owner's connection string. */
const char *database_url(void);
/* Source folder, for data. */
const char *source_dir(void);

#endif
