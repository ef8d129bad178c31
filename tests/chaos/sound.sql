-- SPDX-License-Identifier: MIT
-- every cursor is at its end
select * from cursor where state <> 'D';
-- every stage of a finished run is done, with an output
select run_id, node, state from stage where state <> 'done' or artifact_id is null;
-- revisions of an output are contiguous and single
select run_id, node, count(*), max(revision) from artifact group by run_id, node
	having count(*) <> max(revision) or min(revision) <> 1 or count(*) <> count(distinct revision);
-- a stage shows its newest revision
select s.run_id, s.node from stage s join artifact a using (artifact_id)
	where s.revision <> a.revision or a.revision <> (select max(revision) from artifact b where b.run_id = s.run_id and b.node = s.node);
-- every output has one receipt
select artifact_id from artifact left join stage_result r using (artifact_id) group by artifact_id having count(r.run_id) <> 1;
-- every receipt of a pass has its output
select run_id, epoch from stage_result where outcome = 'pass' and artifact_id is null;
-- no epoch is in the future of its cursor
select r.run_id, r.epoch from stage_result r join cursor c using (run_id, branch) where r.epoch > c.epoch;
-- events are gapless from 1 to the run's last
select r.run_id, r.ev_seq, count(e.seq), min(e.seq), max(e.seq) from run r left join event e using (run_id)
	group by r.run_id having count(e.seq) <> r.ev_seq or min(e.seq) <> 1 or max(e.seq) <> r.ev_seq or count(distinct e.seq) <> r.ev_seq;
-- no gate is open
select gate_id from gate where state = 'open';
-- every decided gate has one decision
select gate_id from gate left join decision d using (gate_id) where gate.state = 'decided' group by gate_id having count(d.decision_id) <> 1;
-- every report has a result for each test
select t.artifact_id from test_report t left join test_result r using (artifact_id) group by t.artifact_id
	having count(r.ordinal) <> t.total or count(r.ordinal) filter (where r.outcome = 'passed') <> t.passed;
-- no file of an output is missing
select f.artifact_id, f.path from artifact_file f left join blob b using (sha256) where b.sha256 is null;
-- no money is held
select call_id from budget_hold where settled_at is null;
-- what budgets have spent is what their holds spent
select kind, key, spent_usd from budget where held_usd <> 0 or (kind = '1-site' and spent_usd <> (select coalesce(sum(spent_usd), 0) from budget_hold));
-- no call is open
select call_id from llm_call where state = 'intent';
