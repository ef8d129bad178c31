#!/bin/sh
# SPDX-License-Identifier: MIT
BOTARMY_LONG=1
export BOTARMY_LONG
exec sh "$(dirname "$0")/session.sh" hostile.js
