-- SPDX-License-Identifier: MIT
-- The audit's rows become chains: one for each project, one for the site. What is hashed is stored,
-- byte for byte, so that anybody can compute it again: see `botarmy verify`.

create table audit_head (
	chain  bigint primary key,
	number bigint not null,
	hash   bytea not null check (octet_length(hash) = 32)
);
comment on table audit_head is 'The end of each chain.';
comment on column audit_head.chain is 'project_id, or 0 for the site.';
comment on column audit_head.number is 'Of its last entry.';
comment on column audit_head.hash is 'Of its last entry.';

alter table audit
	add column chain bigint,
	add column number bigint,
	add column entry text compression lz4,
	add column hash bytea check (octet_length(hash) = 32);
comment on column audit.chain is 'project_id, or 0 for the site.';
comment on column audit.number is 'From 1 in its chain, without gaps.';
comment on column audit.entry is 'Exactly what is hashed: JSON of chain, number, at, account, action, body.';
comment on column audit.hash is 'SHA-256 of the entry before it (32 zero bytes for the first), followed by this entry''s bytes.';
comment on table audit is 'Who did what. Rows are only ever added, each chained to the one before.';

do $$
declare
	a audit;
	last record;
begin
	for a in select * from audit order by audit_id loop
		select coalesce(h.number, 0) + 1 as number, coalesce(h.hash, decode(repeat('00', 32), 'hex')) as hash into last
		from (select 1) one left join audit_head h on h.chain = coalesce(a.project_id, 0);
		a.entry := jsonb_build_object('chain', coalesce(a.project_id, 0), 'number', last.number, 'at', a.at,
			'account', a.account_id, 'action', a.action, 'body', a.body)::text;
		a.hash := sha256(last.hash || convert_to(a.entry, 'UTF8'));
		update audit set chain = coalesce(a.project_id, 0), number = last.number, entry = a.entry, hash = a.hash
		where audit_id = a.audit_id;
		insert into audit_head values (coalesce(a.project_id, 0), last.number, a.hash)
		on conflict (chain) do update set number = excluded.number, hash = excluded.hash;
	end loop;
end $$;

alter table audit
	alter column chain set not null,
	alter column number set not null,
	alter column entry set not null,
	alter column hash set not null;
create unique index audit_chain on audit (chain, number);
