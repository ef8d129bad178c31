/* SPDX-License-Identifier: MIT */
/*
 * A FastCGI request: whatever the bytes, they are read the same way whole and in pieces, and what is ready is text
 * that ends where it says.
 */
#include "fuzz.h"

#include <string.h>

#include "http/record_reader.h"

const char fuzz_name[] = "records";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_reader whole, parts;
	size_t part = size ? data[size - 1] % 17 + 1u : 1;

	record_reader_init(&whole);
	record_reader_init(&parts);
	record_reader_feed(&whole, data, size);
	for (size_t at = 0; at < size; at += part)
		record_reader_feed(&parts, data + at, size - at < part ? size - at : part);
	HOLDS(whole.state == parts.state);
	if (whole.state == RECORDS_READY) {
		HOLDS(whole.request == parts.request && whole.params.len == parts.params.len);
		HOLDS(!whole.params.len || !whole.params.data[whole.params.len - 1]);
		if (whole.params.len)
			HOLDS(memcmp(whole.params.data, parts.params.data, whole.params.len) == 0);
	}
	record_reader_get(&whole, "REQUEST_URI");
	record_reader_release(&whole);
	record_reader_release(&parts);
	return 0;
}
