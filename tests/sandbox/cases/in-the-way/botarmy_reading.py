# SPDX-License-Identifier: MIT
NAME = "botarmy_reading of the project"
