-- SPDX-License-Identifier: MIT
-- What administrators do to accounts, and owners to who is in their projects. BA4xx as in 0009_people.sql.

-- Nobody (null) is the owner of the database, at its command line.
create function account_admin(p_by bigint) returns void
language plpgsql as $$
begin
	if p_by is null and pg_has_role(session_user, current_user, 'member') then
		return;
	elsif not exists (select from account where account_id = p_by and role = 'admin' and disabled_at is null) then
		raise exception 'Only an administrator may do that to accounts.' using errcode = 'BA403';
	end if;
end $$;

create function account_email_free(p_email text, p_account bigint) returns void
language plpgsql as $$
begin
	if exists (select from account where lower(email) = lower(p_email) and account_id is distinct from p_account) then
		raise exception 'Another account has this address.' using errcode = 'BA409';
	end if;
end $$;

create function account_add(p_by bigint, p_name text, p_role text, p_email text, p_password text) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	id bigint;
begin
	perform account_admin(p_by);
	perform account_email_free(p_email, null);
	insert into account (name, role, email, password) values (p_name, p_role, p_email, p_password)
	on conflict (name) do nothing returning account_id into id;
	if id is null then
		raise exception 'There is already an account of the name %.', p_name using errcode = 'BA409';
	end if;
	perform audit_add(null, p_by, 'account_add', jsonb_build_object('account', id, 'role', p_role));
	return id;
end $$;

-- Null leaves as it is; an email of '' is none.
create function account_change(p_by bigint, p_account bigint, p_role text, p_email text, p_disabled boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	was account;
	off boolean;
begin
	perform account_admin(p_by);
	-- All of them in one order, so that two administrators cannot remove each other.
	perform 1 from account where role = 'admin' and disabled_at is null order by account_id for update;
	select * into was from account where account_id = p_account for update;
	if not found then
		raise exception 'There is no such account.' using errcode = 'BA404';
	end if;
	off := coalesce(p_disabled, was.disabled_at is not null);
	if was.role = 'admin' and was.disabled_at is null and (off or p_role <> 'admin') and not exists (
			select from account where role = 'admin' and disabled_at is null and account_id <> p_account) then
		raise exception '% is the last administrator: make another one first.', was.name using errcode = 'BA409';
	end if;
	perform account_email_free(nullif(p_email, ''), p_account);
	update account set role = coalesce(p_role, role), email = nullif(coalesce(p_email, email), ''),
		disabled_at = case when off then coalesce(disabled_at, now()) end
	where account_id = p_account;
	if off then
		delete from session where account_id = p_account;
		delete from sign_in_link where account_id = p_account and used_at is null;
	end if;
	if p_role <> was.role then
		perform audit_add(null, p_by, 'account_role',
			jsonb_build_object('account', p_account, 'from', was.role, 'to', p_role));
	end if;
	if p_email is not null and nullif(p_email, '') is distinct from was.email then
		perform audit_add(null, p_by, 'account_email', jsonb_build_object('account', p_account));
	end if;
	if off <> (was.disabled_at is not null) then
		perform audit_add(null, p_by, case when off then 'account_disable' else 'account_enable' end,
			jsonb_build_object('account', p_account));
	end if;
end $$;

-- The newest link of a kind is the one that works.
create function account_link(p_by bigint, p_account bigint, p_kind text, p_hash bytea, p_minutes integer)
returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	until timestamptz := now() + make_interval(mins => p_minutes);
begin
	perform account_admin(p_by);
	if not exists (select from account where account_id = p_account and disabled_at is null) then
		raise exception 'There is no such account, or it is disabled.' using errcode = 'BA404';
	end if;
	delete from sign_in_link where account_id = p_account and kind = p_kind and used_at is null and kind <> 'sign_in';
	insert into sign_in_link (token_hash, account_id, kind, expires_at) values (p_hash, p_account, p_kind, until);
	perform audit_add(null, p_by, 'account_link', jsonb_build_object('account', p_account, 'kind', p_kind));
	return until;
end $$;

-- Uses a link up; no row: it is used, expired, or never was. A link for a password sets it, and ends what
-- was open before.
create function sign_in_link_take(p_hash bytea, p_password text) returns setof bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	l sign_in_link;
begin
	update sign_in_link s set used_at = now() from account a
	where s.token_hash = p_hash and s.used_at is null and s.expires_at > now()
		and a.account_id = s.account_id and a.disabled_at is null
		and (s.kind = 'sign_in') = (p_password is null)
	returning s.* into l;
	if not found then
		return;
	end if;
	if p_password is not null then
		update account set password = p_password where account_id = l.account_id;
		delete from session where account_id = l.account_id;
		delete from sign_in_link where account_id = l.account_id and used_at is null;
		perform audit_add(null, l.account_id, 'password', jsonb_build_object('by', l.kind));
	end if;
	return next l.account_id;
end $$;

-- One whom the proxy names. No row: they are not known here, or disabled.
create function account_proxied(p_name text, p_make boolean) returns setof bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	id bigint;
begin
	if p_make and p_name ~ '^[[:graph:]]([[:print:]]{0,62}[[:graph:]])?$' then
		insert into account (name, role) values (p_name, 'viewer') on conflict (name) do nothing
		returning account_id into id;
		if id is not null then
			perform audit_add(null, id, 'account_add',
				jsonb_build_object('account', id, 'role', 'viewer', 'by', 'proxy'));
		end if;
	end if;
	return query select account_id from account where name = p_name and disabled_at is null;
end $$;

-- ---- who is in a project ----

create function member_change(p_by bigint, p_project bigint) returns project
language plpgsql as $$
declare
	p project;
	who account;
begin
	select * into p from project where project_id = p_project for no key update;
	if not found then
		raise exception 'There is no such project.' using errcode = 'BA404';
	end if;
	select * into who from account where account_id = p_by and disabled_at is null;
	if not found or not (role_rank(who.role) >= role_rank('operator')
			or p.account_id = p_by and role_rank(who.role) >= role_rank('submitter')
			or exists (select from project_member m
				where m.project_id = p_project and m.account_id = p_by and m.role = 'operator')) then
		raise exception 'The project''s owner and operators say with whom it is shared.' using errcode = 'BA403';
	end if;
	return p;
end $$;

create function member_set(p_by bigint, p_project bigint, p_name text, p_role text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	p project := member_change(p_by, p_project);
	whom bigint;
	was text;
begin
	select account_id into whom from account where name = p_name and disabled_at is null;
	if whom is null then
		raise exception 'There is no account of the name %, or it is disabled.', p_name using errcode = 'BA422';
	elsif whom = p.account_id then
		raise exception '% owns the project.', p_name using errcode = 'BA422';
	end if;
	select role into was from project_member where project_id = p_project and account_id = whom;
	if was is null and (select count(*) from project_member where project_id = p_project) >= 200 then
		raise exception 'A project is shared with 200 people at most.' using errcode = 'BA409';
	end if;
	insert into project_member (project_id, account_id, role, added_by) values (p_project, whom, p_role, p_by)
	on conflict (project_id, account_id) do update set role = excluded.role;
	if was is distinct from p_role then
		perform audit_add(p_project, p_by, 'share', jsonb_build_object('account', whom, 'from', was, 'to', p_role));
	end if;
end $$;

create function member_remove(p_by bigint, p_project bigint, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	was text;
begin
	perform member_change(p_by, p_project);
	delete from project_member where project_id = p_project and account_id = p_account returning role into was;
	if was is null then
		raise exception 'The project is not shared with this person.' using errcode = 'BA404';
	end if;
	perform audit_add(p_project, p_by, 'unshare', jsonb_build_object('account', p_account, 'from', was));
end $$;
