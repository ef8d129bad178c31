-- SPDX-License-Identifier: MIT
-- An Analyst that plays by the schema, for tests of what is said at gates: five stories, of which each new
-- revision says something else, and an answer to each comment.
create or replace function play.body(p_node text, p_revision integer, p_feedback jsonb) returns text language sql as $$
	select case when p_node <> 'analyst' then jsonb_build_object('node', p_node)::text else json_build_object(
		'summary', format('A tool library, revision %s.', p_revision),
		'entities', json_build_array(json_build_object('name', 'tool', 'description', 'What is lent.', 'source', '')),
		'stories', (select json_agg(json_build_object('id', 'S' || i, 'title', format('Story %s of revision %s', i, p_revision),
			'role', 'member', 'want', 'to borrow', 'benefit', 'it is there', 'priority', 'must', 'points', i,
			'criteria', (select json_agg(json_build_object('given', 'a "free" tool /' || k, 'when', 'it is borrowed',
				'then', 'it is lent')) from generate_series(1, 3) k), 'source', '')) from generate_series(1, 5) i),
		'assumptions', json_build_array('One library.'), 'risks', json_build_array(),
		'complexity', json_build_object('level', 'low', 'reason', ''), 'open_questions', json_build_array(), 'changes', '',
		'confidence', 0.9, 'concerns', json_build_array(), 'messages', json_build_array(), 'questions', json_build_array(),
		'answers', (select coalesce(json_agg(json_build_object('comment', (c ->> 'number')::integer, 'text',
			'About “' || (c ->> 'text') || '”: done.')), '[]') from jsonb_array_elements(p_feedback -> 'comments') c))::text end
$$;
