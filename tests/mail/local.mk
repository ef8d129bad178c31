# SPDX-License-Identifier: MIT
# Mail: whom what is told, how it is written, and how it goes out to servers of every temper.
MAIL_UNIT_TESTS = tests/mail/test_mime
MAIL_DATABASE_TESTS = tests/mail/test_outbox.sh
MAIL_ERRORS_TESTS = tests/mail/test_post.sh
UNIT_TESTS += $(MAIL_UNIT_TESTS)
DATABASE_TESTS += $(MAIL_DATABASE_TESTS)
ERRORS_TESTS += $(MAIL_ERRORS_TESTS)
EXTRA_DIST += tests/lib/smtp_server.py $(MAIL_DATABASE_TESTS) $(MAIL_ERRORS_TESTS)
check_PROGRAMS += $(MAIL_UNIT_TESTS)
tests_mail_test_mime_LDADD = $(LIBMAIL) $(TEST_LIBS)
