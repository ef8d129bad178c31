# SPDX-License-Identifier: MIT
NAME = "queue of the project"
