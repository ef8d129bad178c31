# SPDX-License-Identifier: MIT
check_LIBRARIES += tests/lib/libstub_model.a
tests_lib_libstub_model_a_SOURCES = tests/lib/stub_model.c tests/lib/stub_model.h
LIBSTUB_MODEL = tests/lib/libstub_model.a
EXTRA_DIST += \
	tests/lib/stub_agents.py \
	tests/lib/stub_app/README.md \
	tests/lib/stub_app/app.py \
	tests/lib/stub_app/tests/__init__.py \
	tests/lib/stub_app/tests/test_notes.py \
	tests/lib/stub_model_server
