#!/bin/bash
# SPDX-License-Identifier: MIT
# Twenty runs under kills, with a dead runner's leases running out by themselves.
CHAOS_RUNS=20 CHAOS_KILLS=30 CHAOS_LEASES=kept exec bash "$(dirname "$0")/test_kills.sh"
