#!/bin/sh
# SPDX-License-Identifier: MIT
exec sh "${0%/*}/mutations.sh" 1 3
