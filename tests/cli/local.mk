# SPDX-License-Identifier: MIT
# The command line, each command's success and failure, against a whole system.
CLI_API_TESTS = tests/cli/test_audit.sh tests/cli/test_operator.sh tests/cli/test_projects.sh tests/cli/test_talk.sh
CLI_ERRORS_TESTS = tests/cli/test_mistakes.sh
API_TESTS += $(CLI_API_TESTS)
ERRORS_TESTS += $(CLI_ERRORS_TESTS)
EXTRA_DIST += tests/lib/stack.sh $(CLI_API_TESTS) $(CLI_ERRORS_TESTS)
