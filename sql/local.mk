# SPDX-License-Identifier: MIT
# A file put into one of these folders takes part without being listed anywhere. The
# order of queries is that of their names: tests rely on it.
SQL_QUERIES = $(sort $(wildcard $(srcdir)/sql/queries/*.sql))
SQL_MIGRATIONS = $(sort $(wildcard $(srcdir)/sql/migrations/*.sql))
SQL_FUNCTIONS = $(sort $(wildcard $(srcdir)/sql/functions/*.sql))
EXTRA_DIST += $(SQL_QUERIES)
nobase_dist_pkgdata_DATA += $(SQL_MIGRATIONS) $(SQL_FUNCTIONS) \
	sql/roles/bootstrap.sql \
	sql/roles/roles.sql \
	sql/roles/grants.sql
