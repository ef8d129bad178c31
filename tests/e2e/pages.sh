#!/bin/sh
# SPDX-License-Identifier: MIT
exec sh "$(dirname "$0")/session.sh" --workflows pages.js shown
