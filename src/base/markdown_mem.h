/* SPDX-License-Identifier: MIT */
/*
 * Memory for one conversion by cmark-gfm, which loses some nodes on odd tables: what
 * it has not freed by the end is freed by us.
 */
#ifndef BASE_MARKDOWN_MEM_H
#define BASE_MARKDOWN_MEM_H

#include <cmark-gfm.h>

/* The calling thread's allocator; everything lives until markdown_mem_end(). */
cmark_mem *markdown_mem_begin(void);
void markdown_mem_end(void);

#endif
