-- SPDX-License-Identifier: MIT
-- The roles as which the programs connect. What each may do stands in grants.sql. They have
-- no password: on one machine the socket's peer tells who it is; elsewhere the operator sets one.
-- Several databases of one server share the roles, so another migrator may be making them too.

do $$
declare
	name text;
begin
	foreach name in array array['botarmy_web', 'botarmy_runner', 'botarmy_feed', 'botarmy_mail'] loop
		if not exists (select from pg_roles where rolname = name) then
			begin
				execute format('create role %I login nosuperuser nocreatedb nocreaterole '
					'noinherit noreplication nobypassrls', name);
			exception when duplicate_object or unique_violation then
				null;
			end;
		end if;
	end loop;
end $$;
