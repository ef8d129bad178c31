# SPDX-License-Identifier: MIT
NAME = "run of the project"
