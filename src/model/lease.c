/* SPDX-License-Identifier: MIT */
#include "model/lease.h"

#include "db/db.h"

struct lease lease_of(const struct rows *rows, size_t row)
{
	return (struct lease){
		.run = row_int(rows, row, "run_id"),
		.branch = row_int(rows, row, "branch"),
		.epoch = row_int(rows, row, "epoch"),
		.node = row_text(rows, row, "node"),
		.agent = row_text(rows, row, "agent"),
		.attempt = row_int(rows, row, "attempt"),
		.revision = row_int(rows, row, "revision"),
		.confidence = row_real(rows, row, "confidence"),
	};
}
