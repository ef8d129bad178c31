/* SPDX-License-Identifier: MIT */
#include "model/drawing.h"

#include "base/value.h"
#include "db/db.h"

bool run_drawing(struct db *db, struct arena *a, int64_t run, struct value **out, struct err *e)
{
	struct rows *drawing, *nodes, *edges;

	*out = value_null(a);
	if (!db_maybe(db, a, STMT_WORKFLOW_DRAWING, P(p_int(run)), &drawing, e))
		return false;
	if (!drawing)
		return true;
	if (!db_many(db, a, STMT_WORKFLOW_DRAWN_NODES, P(p_int(run)), &nodes, e) ||
	    !db_many(db, a, STMT_WORKFLOW_DRAWN_EDGES, P(p_int(run)), &edges, e))
		return false;
	*out = row_object(a, drawing, 0);
	value_set(a, *out, "nodes", rows_value(a, nodes));
	value_set(a, *out, "edges", rows_value(a, edges));
	return true;
}
