-- SPDX-License-Identifier: MIT
-- What the decision record binds by hashes.

-- What stands in entries by its hash alone: a remark on lines and a word on an item, as they were sent. Neither
-- changes later; people stand in them by number, since a name may.
create function remark_text(c review_comment) returns text
language sql stable as $$
	select jsonb_build_object('account', c.account_id, 'stage', c.stage, 'revision', c.revision, 'path', c.path,
		'line', c.line, 'line_end', c.line_end, 'quote', c.quote, 'text', c.body)::text
$$;
create function item_text(v item_verdict) returns text
language sql stable as $$
	select jsonb_build_object('account', v.account_id, 'stage', v.stage, 'revision', v.revision, 'list', v.list,
		'item', v.item, 'verdict', v.verdict, 'sha256', encode(v.sha256, 'hex'), 'text', v.comment)::text
$$;

-- What whoever decides on a gate has before them, by hashes: the output, the one that it is compared with,
-- what was
-- executed, the remarks that are open and the words on items that hold. Belongs into every entry about a decision.
create function gate_facts(p_gate bigint) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object(
		'artifact_sha256', encode(a.sha256, 'hex'),
		'document_sha256', encode(sha256(convert_to(a.document, 'UTF8')), 'hex'),
		'before_revision', b.revision,
		'before_sha256', encode(b.sha256, 'hex'),
		'before_document_sha256', encode(sha256(convert_to(b.document, 'UTF8')), 'hex'),
		'tests', case when t.artifact_id is not null then jsonb_build_object('executed', t.executed, 'total', t.total,
			'passed', t.passed, 'failed', t.failed, 'files_sha256', encode(t.files_sha256, 'hex')) end,
		'remarks_sha256', (select jsonb_agg(encode(sha256(convert_to(remark_text(c), 'UTF8')), 'hex') order by c.comment_id)
			from review_comment c where c.run_id = g.run_id and c.stage = g.stage
				and c.review_id is not null and c.resolved_at is null),
		'items_sha256', (select jsonb_agg(encode(sha256(convert_to(item_text(v), 'UTF8')), 'hex') order by v.list, v.item)
			from (select distinct on (w.list, w.item) w.* from item_verdict w
				where w.run_id = g.run_id and w.stage = g.stage and (w.review_id is not null or w.verdict = 'edited')
				order by w.list, w.item, w.verdict_id desc) s
				join item_verdict v using (verdict_id)
			where v.sha256 = item_sha256(g.artifact_id, v.list, v.key, v.item))))
	from gate g
		join artifact a on a.artifact_id = g.artifact_id
		left join lateral (select o.* from artifact o
			where o.run_id = a.run_id and o.node = a.node and o.revision < a.revision
			order by o.revision desc limit 1) b on true
		left join test_report t on t.artifact_id = a.artifact_id
	where g.gate_id = p_gate
$$;
