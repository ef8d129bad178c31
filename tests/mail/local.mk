# SPDX-License-Identifier: MIT
# Mail: whom what is told, how it is written, and how it goes out to servers of every temper.
MAIL_DATABASE_TESTS = tests/mail/test_outbox.sh
DATABASE_TESTS += $(MAIL_DATABASE_TESTS)
EXTRA_DIST += $(MAIL_DATABASE_TESTS)
