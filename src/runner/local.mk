# SPDX-License-Identifier: MIT
# runner: claims stages, calls models, runs suites, commits.
