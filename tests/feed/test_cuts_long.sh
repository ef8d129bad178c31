#!/bin/bash
# SPDX-License-Identifier: MIT
# As test_cuts.sh, with a hundred cuts.
CUT_COUNT=100 exec bash "$(dirname "$0")/test_cuts.sh"
