#!/bin/sh
# SPDX-License-Identifier: MIT
# The comparison with python3-jsonschema on more schemas than make check has time for.
SCHEMA_PAIRS=${SCHEMA_PAIRS:-20000} SCHEMA_SEED=${SCHEMA_SEED:-$$}
export SCHEMA_PAIRS SCHEMA_SEED
echo "# SCHEMA_SEED=$SCHEMA_SEED"
exec python3 "$top_srcdir/tests/flow-schema/test_schema_oracle.py"
