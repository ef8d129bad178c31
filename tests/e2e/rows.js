// SPDX-License-Identifier: MIT
// Runs in every state that a page can show, made once by people(): runs.NAME is a run's number.
import { play, sql } from "./browser.js";

export const runs = {};
export const project = (run) => sql(`select project_id from run where run_id = ${run}`);

const wish = "Say that a member may borrow at most three tools at once.";

// Submits a run and takes it through gates: what follows are the decisions at them.
function taken(name, cap, decisions, failures = 0) {
	const run = play.submit(name, cap);
	decisions.forEach(([kind, comment]) => {
		play.go(run, failures);
		play.decide(run, kind, comment);
	});
	play.go(run, failures);
	return run;
}
const yes = ["approve", ""];

function simple() {
	runs.first = taken("Tool library", 5, [["changes", wish]]);
	runs.done = taken("Recipe box", 5, [yes, yes, ["approve", "Fine."]]);
	runs.tests = taken("Clinic appointments", "null", [yes, yes], 2);
	runs.unexecuted = taken("Rota planner", "null", [yes, yes], -1);
	runs.failure = play.submit("Inventory");
	play.park(runs.failure, "failure", "The answer was not valid JSON: /stories/3/criteria is missing");
	runs.budget = play.submit("Club accounts", 0.5);
	play.park(runs.budget, "budget", "The next call would pass the cap", 0.31);
	runs.price = play.submit("Seed swap", 2);
	play.park(runs.price, "price", "The price of this model is not set");
	runs.rejected = taken("Ticket desk", "null", [["reject", "We buy one instead."]]);
	runs.queued = play.submit("A project with quite a long name that has to wrap on the screen of a phone");
	runs.working = play.submit("Reading room");
	play.go(runs.working);
	play.decide(runs.working, "approve");
	sql(`update stage set state = 'running', started_at = now() - interval '34 s', attempts = 1
		where run_id = ${runs.working} and node = 'architect';
		update run set state = 'running' where run_id = ${runs.working};
		update cursor set state = 'L', owner = play.runner(), deadline = now() + interval '1 hour' where run_id = ${runs.working}`);
	runs.paused = play.submit("Held for now");
	sql(`select run_pause(${runs.paused}, account_id, true) from account where name = 'ana'`);
	runs.own = play.submit("Allotment plots", 2, "cy");
	play.go(runs.own);
	// Of somebody who may only look by now.
	sql("update account set role = 'submitter' where name = 'vi'");
	runs.read = play.submit("Old songs", 2, "vi");
	play.go(runs.read);
	sql("update account set role = 'viewer' where name = 'vi'");
}

// Runs with branches and what is said, asked, doubted, spent and given up in them.
function branched() {
	const step = (run, node, outcome, detail = "") => sql(`select play.step(${run}, '${node}', '${outcome}', '${detail}')`);
	const ask = (run, node, kind, detail, caps = "null") => sql(`select play.ask(${run}, '${node}', '${kind}', '${detail}', ${caps})`);
	const begin = (name, cap = "null") => Number(sql(`select play.parallel('ana', '${name}', ${cap})`));
	const voted = runs.voted = begin("Boat rota");
	step(voted, "analyst", "pass");
	sql(`select gate_decide(gate_id, 1, 'approve', 'Reads well.', account_id) from gate, account where run_id = ${voted} and name = 'bo'`);
	const run = runs.branches = begin("Seed library", 3);
	step(run, "analyst", "pass");
	sql(`select play.approve_twice(${run})`);
	step(run, "developer", "pass");
	ask(run, "architect", "question", "May a member lend seeds to somebody who is no member?");
	sql(`select message_send(${run}, account_id, 'design', null, 3, 'Keep it to **one** table, please.', null) from account where name = 'ana';
		select message_send(${run}, account_id, null, 'tester', 0, 'Look at the limits first.', null) from account where name = 'bo';
		update message_delivery set state = 'dead', attempts = 5, problem = 'its runner was lost' where agent = 'tester';
		insert into log (at, run_id, stage, agent, level, text)
		select now() - i * interval '7 s', ${run}, case when i % 3 = 0 then 'developer' else 'architect' end, 'x',
			(array['info', 'debug', 'info', 'warn', 'error'])[1 + i % 5],
			case i % 5 when 4 then 'the answer was not valid JSON: ' || repeat('/stories/3/criteria ', 9) when 3 then 'the server asks to wait 20 s'
				else 'called model-1 in ' || i || ' ms' end from generate_series(1, 700) i`);
	const conflict = runs.conflict = begin("Doubtful rules");
	for (const concern of ["The brief forbids what the second story asks for.", "It still does: stories 2 and 5 exclude each other."]) {
		step(conflict, "analyst", "pass");
		sql(`select play.approve_twice(${conflict})`);
		step(conflict, "developer", "concern", concern);
	}
	const failed = begin("Given up");
	ask(failed, "analyst", "failure", "The answer was not valid JSON");
	play.decide(failed, "reject");
	const capped = runs.capped = begin("Dear to us", 2);
	sql("select budget_set('1-site', 0, 100, 1), budget_set('2-day', 0, 20, 1), budget_set('3-account', 1, 40.5, 1)");
	ask(capped, "analyst", "budget", "The next call would pass two caps", `jsonb_build_array(
		jsonb_build_object('kind', '2-day', 'key', floor(extract(epoch from now()) / 86400), 'need', 0.31),
		jsonb_build_object('kind', '4-project', 'key', (select project_id from run where run_id = ${capped}), 'need', 0.5))`);
}

export function people() {
	simple();
	branched();
}
