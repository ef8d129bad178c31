-- SPDX-License-Identifier: MIT
-- every finished suite was executed and passed
select run_id, executed, total, passed from test_report where not executed or passed <> total or total < 10;
-- every finished run has an executed suite
select run_id from run where not exists (select from stage s join test_report t using (artifact_id) where s.run_id = run.run_id and t.executed);
-- every application has files
select s.run_id from stage s where s.node = 'developer' and not exists (select from artifact_file f where f.artifact_id = s.artifact_id);
