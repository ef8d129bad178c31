# SPDX-License-Identifier: MIT
NAME = "list of the project"
