-- SPDX-License-Identifier: MIT
-- The functions are not migrated: at every migration all go, and those of these files come.
--
-- Those that runners call often forbid the planner to read tables as a whole, or to sort all that
-- is ready: with the statistics of a quiet night it would, and they know their keys. A plan that
-- does so all the same is not worth compiling either.

do $$
declare
	f regprocedure;
begin
	for f in select p.oid from pg_proc p
		where p.pronamespace = 'public'::regnamespace and not exists (
			select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
				and d.deptype = 'e')
	loop
		execute format('drop function %s', f);
	end loop;
end $$;

-- The engine's only clock: a test puts another in its place.
create function engine_now() returns timestamptz
language sql stable as 'select now()';
