-- SPDX-License-Identifier: MIT
-- The only way into the audit: the chain's head is locked, so entries have an order and no gap. Who it was
-- stands by name in the hashed text too, so that a chain that has left the database still says it.

create function audit_add(p_project bigint, p_account bigint, p_action text, p_body jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	head audit_head;
	entry text;
begin
	insert into audit_head (chain, number, hash)
	values (coalesce(p_project, 0), 0, decode(repeat('00', 32), 'hex'))
	on conflict do nothing;
	select * into head from audit_head where chain = coalesce(p_project, 0) for update;
	entry := jsonb_build_object('chain', head.chain, 'number', head.number + 1, 'at', engine_now(),
		'account', p_account, 'who', (select a.name from account a where a.account_id = p_account),
		'action', p_action, 'body', p_body)::text;
	head.hash := sha256(head.hash || convert_to(entry, 'UTF8'));
	insert into audit (project_id, account_id, action, body, at, chain, number, entry, hash)
	values (p_project, p_account, p_action, p_body, engine_now(), head.chain, head.number + 1, entry, head.hash);
	update audit_head set number = head.number + 1, hash = head.hash where chain = head.chain;
end $$;
