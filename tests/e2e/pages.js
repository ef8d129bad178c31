// SPDX-License-Identifier: MIT
// Every page: a picture in light, dark and on a phone, no rule of accessibility broken, nothing wider
// than a narrow screen, nothing too small to be hit.
import { accessible, check, end, equal, link, ok, origin, play, shots, signIn, sql, visitor } from "./browser.js";

const forms = [
	{ name: "light", colorScheme: "light", viewport: { width: 1280, height: 800 } },
	{ name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
	{ name: "phone", colorScheme: "light", viewport: { width: 360, height: 740 } },
];

const stranger = await visitor();
const context = await visitor();
const page = await signIn(context);
const wish = "Say that a member may borrow at most three tools at once.";

// Rows that pages can show, made once: [name, path, who looks].
function seed() {

	const first = play.submit("Tool library", 5);
	play.go(first);
	play.decide(first, "changes", wish);
	play.go(first);
	const ran = play.submit("Recipe box", 5);
	for (const comment of ["", "", "Fine."]) {
		play.go(ran);
		play.decide(ran, "approve", comment);
	}
	const tests = play.submit("Clinic appointments");
	play.go(tests);
	play.decide(tests, "approve");
	play.go(tests);
	play.decide(tests, "approve");
	play.go(tests, 2);
	const unexecuted = play.submit("Rota planner");
	play.go(unexecuted);
	play.decide(unexecuted, "approve");
	play.go(unexecuted);
	play.decide(unexecuted, "approve");
	play.go(unexecuted, -1);
	const failure = play.submit("Inventory");
	play.park(failure, "failure", "The answer was not valid JSON: /stories/3/criteria is missing");
	const budget = play.submit("Club accounts", 0.5);
	play.park(budget, "budget", "The next call would pass the cap", 0.31);
	const price = play.submit("Seed swap", 2);
	play.park(price, "price", "The price of this model is not set");
	const rejected = play.submit("Ticket desk");
	play.go(rejected);
	play.decide(rejected, "reject", "We buy one instead.");
	const queued = play.submit("A project with quite a long name that has to wrap on the screen of a phone");
	const working = play.submit("Reading room");
	play.go(working);
	play.decide(working, "approve");
	sql(`update stage set state = 'running', started_at = now() - interval '34 s', attempts = 1
		where run_id = ${working} and node = 'architect';
		update run set state = 'running' where run_id = ${working};
		update cursor set state = 'L', owner = play.runner(), deadline = now() + interval '1 hour' where run_id = ${working}`);
	return [
		["home", "/"], ["projects", "/projects"], ["projects-none", "/projects?q=nothing-like-it"],
		["project-new", "/projects/new"], ["project", "/projects/1"],
		["run-waiting", `/runs/${first}`], ["run-done", `/runs/${ran}`], ["run-queued", `/runs/${queued}`],
		["run-working", `/runs/${working}`], ["run-rejected", `/runs/${rejected}`],
		["stage", `/runs/${first}/stages/analyst`], ["stage-old", `/runs/${first}/stages/analyst?revision=1`],
		["stage-files", `/runs/${ran}/stages/developer`], ["stage-none", `/runs/${first}/stages/tester`],
		["tests", `/runs/${ran}/tests`], ["tests-failed", `/runs/${tests}/tests`], ["tests-none", `/runs/${first}/tests`],
		["tests-unexecuted", `/runs/${unexecuted}/tests`],
		["file", `/runs/${ran}/files/developer/app/server.py`], ["file-empty", `/runs/${ran}/files/developer/app/empty.txt`],
		["file-rendered", `/runs/${ran}/files/developer/README.md?rendered=1`],
		["gate", `/gates/${play.gate(first)}`], ["gate-tests", `/gates/${play.gate(tests)}`],
		["gate-unexecuted", `/gates/${play.gate(unexecuted)}`], ["gate-failure", `/gates/${play.gate(failure)}`],
		["gate-budget", `/gates/${play.gate(budget)}`], ["gate-price", `/gates/${play.gate(price)}`],
		["gate-decided", `/gates/${sql(`select gate_id from gate where run_id = ${rejected}`)}`],
		...people(),
		["members", `/projects/${shared()}/members`], ["accounts", "/accounts"], ["accounts-none", "/accounts?q=nobody"],
		["account", `/accounts/${sql("select account_id from account where name = 'cy'")}`],
		["settings", "/settings"], ["not-found", "/runs/999999"],
	];
}

// A project with members, and a name as long as names may be.
function shared() {
	sql(`insert into account (name, role, email) values (repeat('W', 64), 'viewer', 'someone.with.a.long.name@mail.example.org');
		update account set disabled_at = now() where name = repeat('W', 64)`);
	return sql(`select project_id from project, lateral (select member_set(project.account_id, project_id, 'vi', 'approver'),
		member_set(project.account_id, project_id, 'cy', 'operator')) s order by 1 limit 1`);
}

// Runs with branches and what is said, asked, doubted, spent and given up in them.
function people() {
	const step = (run, node, outcome, detail = "") => sql(`select play.step(${run}, '${node}', '${outcome}', '${detail}')`);
	const ask = (run, node, kind, detail, caps = "null") => Number(sql(`select play.ask(${run}, '${node}', '${kind}', '${detail}', ${caps})`));
	const begin = (name, cap = "null") => Number(sql(`select play.parallel('ana', '${name}', ${cap})`));
	const voted = begin("Boat rota");
	step(voted, "analyst", "pass");
	sql(`select gate_decide(gate_id, 1, 'approve', 'Reads well.', account_id) from gate, account where run_id = ${voted} and name = 'bo'`);
	const run = begin("Seed library", 3);
	step(run, "analyst", "pass");
	sql(`select play.approve_twice(${run})`);
	step(run, "developer", "pass");
	const question = ask(run, "architect", "question", "May a member lend seeds to somebody who is no member?");
	sql(`select message_send(${run}, account_id, 'design', null, 3, 'Keep it to **one** table, please.', null) from account where name = 'ana';
		select message_send(${run}, account_id, null, 'tester', 0, 'Look at the limits first.', null) from account where name = 'bo';
		update message_delivery set state = 'dead', attempts = 5, problem = 'its runner was lost' where agent = 'tester';
		insert into log (at, run_id, stage, agent, level, text)
		select now() - i * interval '7 s', ${run}, case when i % 3 = 0 then 'developer' else 'architect' end, 'x',
			(array['info', 'debug', 'info', 'warn', 'error'])[1 + i % 5],
			case i % 5 when 4 then 'the answer was not valid JSON: ' || repeat('/stories/3/criteria ', 9) when 3 then 'the server asks to wait 20 s'
				else 'called model-1 in ' || i || ' ms' end from generate_series(1, 700) i`);
	const conflict = begin("Doubtful rules");
	for (const concern of ["The brief forbids what the second story asks for.", "It still does: stories 2 and 5 exclude each other."]) {
		step(conflict, "analyst", "pass");
		sql(`select play.approve_twice(${conflict})`);
		step(conflict, "developer", "concern", concern);
	}
	const failed = begin("Given up");
	ask(failed, "analyst", "failure", "The answer was not valid JSON");
	play.decide(failed, "reject");
	const capped = begin("Dear to us", 2);
	sql(`select budget_set('1-site', 0, 100, 1), budget_set('2-day', 0, 20, 1), budget_set('3-account', 1, 40.5, 1)`);
	const caps = ask(capped, "analyst", "budget", "The next call would pass two caps", `jsonb_build_array(
		jsonb_build_object('kind', '2-day', 'key', floor(extract(epoch from now()) / 86400), 'need', 0.31),
		jsonb_build_object('kind', '4-project', 'key', (select project_id from run where run_id = ${capped}), 'need', 0.5))`);
	return [
		["run-branches", `/runs/${run}`], ["messages", `/runs/${run}/messages`], ["messages-none", `/runs/${voted}/messages`],
		["log", `/runs/${run}/log`], ["log-none", `/runs/${voted}/log`], ["stage-again", `/runs/${run}/stages/analyst`],
		["gate-votes", `/gates/${play.gate(voted)}`], ["gate-question", `/gates/${question}`],
		["gate-conflict-of-agents", `/gates/${play.gate(conflict)}`], ["gate-caps", `/gates/${caps}`],
		["budgets", "/budgets"], ["dead-letters", "/dead-letters"], ["dead-letters-all", "/dead-letters?all=1"],
	];
}

const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

// WCAG 2.2, 2.5.8: 24 px, links in running text apart.
function small() {
	return [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea")]
		.filter((e) => e.checkVisibility() && !e.closest(".skip, .sr, p:not(.stage-title), .empty, .prose, .meta, .hint"))
		.map((e) => [e, (e.closest("label.card, label.choice") || e).getBoundingClientRect()])
		.filter(([, r]) => r.width && (r.width < 24 || r.height < 24))
		.map(([e, r]) => `${e.outerHTML.slice(0, 70)} ${Math.round(r.width)}x${Math.round(r.height)}`);
}

async function look(who, name, path) {
	for (const form of forms) {
		const view = who.pages()[0] ?? await who.newPage();
		await check(`${name}, ${form.name}: shown, accessible, not too wide`, async () => {
			await view.emulateMedia({ colorScheme: form.colorScheme, reducedMotion: "reduce" });
			await view.setViewportSize(form.viewport);
			if (path)
				await view.goto(origin + path);
			await view.screenshot({ path: `${shots}/${name}-${form.name}.png`, fullPage: true });
			await accessible(view);
			if (form.name === "phone") {
				const tiny = await view.evaluate(small);
				ok(tiny.length === 0, `too small: ${tiny.join("; ")}`);
				await view.setViewportSize({ width: 320, height: 640 });
				equal(await view.evaluate(wider), 0, "pixels wider than 320");
			}
			equal(await view.evaluate(wider), 0, "pixels wider than the screen");
		});
	}
}

await look(stranger, "sign-in", "/sign-in");
await look(stranger, "sign-in-link", new URL(link()).pathname);
await look(context, "home-empty", "/");
await look(context, "projects-empty", "/projects");
sql("delete from runner");
for (const [name, path] of seed())
	await look(context, name, path);

// What only a form brings up.
await page.goto(`${origin}/projects/new`);
await page.locator("#f-brief").fill("Members borrow tools.");
await page.locator("#f-cap_usd").fill("a lot");
await page.getByRole("button", { name: "Start project" }).click();
await look(context, "project-new-mistakes");
const gate = `${origin}/gates/${play.gate(1)}`;
await page.goto(gate);
await page.locator("input[value=approve]").check();
await page.locator("#comment").fill("Good.");
play.decide(1, "changes", "The loan needs an end date.");
await page.locator("#decide-button").click();
await page.locator("#changed").waitFor();
await look(context, "gate-conflict");
await page.goto(`${origin}/budgets`);
await page.locator("#kind").selectOption("account");
await page.locator("#name").fill("nobody-here");
await page.locator("#cap_usd").fill("12.50");
await page.locator("#set-button").click();
await look(context, "budgets-mistake");
await page.goto(`${origin}/runs/1/messages`);
await page.locator("#text").fill("keep it small");
await page.locator("#send").click();
await look(context, "messages-mistake");
await page.goto(`${origin}/accounts`);
await page.locator("#name").fill("new");
await page.locator("#make").click();
await look(context, "account-invited");
await page.goto(await page.locator("#link").textContent().then((url) => new URL(url).pathname).then((path) => `${origin}${path}`));
await look(context, "invitation");
await page.goto(`${origin}/accounts`);
await page.locator("#name").fill("new");
await page.locator("#make").click();
await look(context, "accounts-taken");
await page.goto(`${origin}/settings`);
await page.locator("#token-name").fill("Nightly job");
await page.getByRole("button", { name: "Make token" }).click();
await look(context, "settings-token");
sql("update runner set seen_at = now(), pressure = 'less than 5 % of the disk is free'");
await look(context, "home-pressure", "/");
sql("update runner set pressure = null, seen_at = now() - interval '14 minutes', expires_at = now() - interval '13 minutes'");
await look(context, "home-no-runner", "/");

await end();
