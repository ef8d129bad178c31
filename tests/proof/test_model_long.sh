#!/bin/sh
# SPDX-License-Identifier: MIT
# The model with more faults at once.
exec sh "${0%_long.sh}.sh" long
