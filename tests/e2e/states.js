// SPDX-License-Identifier: MIT
// The table of all pages in all their states. A chapter prepares the database and has rows:
// [name, path, who sees it so, status (200), act], act(page) doing what only a form brings up.
// Roles: ana admin, op operator, bo approver, cy submitter, dy a submitter to whom nothing belongs, vi
// viewer; null is a stranger. Chapters with refusals are a test of their own.
import { chance, link, origin, play, sql } from "./browser.js";
import { people, project, runs } from "./rows.js";

const staff = ["ana", "op", "bo"], makers = [...staff, "cy"], all = [...makers, "vi"], any = [null];
let first;

const mistakes = {
	async project(page) {
		await page.goto(`${origin}/projects/new`);
		await page.locator("#f-brief").fill("Members borrow tools.");
		await page.locator("#f-cap_usd").fill("a lot");
		await page.getByRole("button", { name: "Start project" }).click();
		await page.locator("#e-name").waitFor();
	},
	async gate(page) {
		await page.goto(`${origin}/gates/${play.gate(runs.first)}`);
		await page.locator("input[value=changes]").check();
		await page.locator("#decide-button").click();
		await page.locator("#decide [role=alert]").waitFor();
	},
	// Somebody else was faster.
	async changed(page) {
		const run = play.submit("Late");
		play.go(run);
		await page.goto(`${origin}/gates/${play.gate(run)}`);
		await page.locator("input[value=approve]").check();
		await page.locator("#comment").fill("Good.");
		play.decide(run, "changes", "The loan needs an end date.");
		await page.locator("#decide-button").click();
		await page.locator("#changed").waitFor();
	},
	async cap(page) {
		await page.goto(`${origin}/projects/${project(runs.first)}`);
		await page.locator("#cap").fill("a lot");
		await page.locator("#cap-set").click();
		await page.locator("#e-cap").waitFor();
	},
	async budget(page) {
		await page.goto(`${origin}/budgets`);
		await page.locator("#kind").selectOption("account");
		await page.locator("#name").fill("nobody-here");
		await page.locator("#cap_usd").fill("12.50");
		await page.locator("#set-button").click();
		await page.locator("#e-name").waitFor();
	},
	async message(page) {
		await page.goto(`${origin}/runs/${runs.first}/messages`);
		await page.locator("#text").fill("keep it small");
		await page.locator("#send").click();
		await page.locator("#e-text").waitFor();
	},
	async token(page) {
		await page.goto(`${origin}/settings`);
		await page.locator("#token-name").fill("Nightly job");
		await page.getByRole("button", { name: "Make token" }).click();
		await page.locator("#token").waitFor();
	},
	async password(page) {
		await page.goto(`${origin}/settings`);
		await page.locator("#new").fill("short");
		await page.getByRole("button", { name: "Change password" }).click();
		await page.locator("#e-new").waitFor();
	},
	async share(page) {
		await page.goto(`${origin}/projects/${project(runs.first)}/members`);
		await page.locator("#name").fill("nobody-here");
		await page.locator("#share").click();
		await page.locator("#e-name").waitFor();
	},
	async give(page) {
		await page.goto(`${origin}/gates/${play.gate(runs.first)}/give`);
		await page.locator("#to").fill("nobody-here");
		await page.locator("main form button").click();
		await page.locator("#e-to, .flash-bad").waitFor();
	},
	async away(page) {
		await page.goto(`${origin}/inbox/away`);
		await page.locator("#from").fill("2031-05-04");
		await page.locator("#until").fill("2031-05-01");
		await page.getByRole("button", { name: "Say that I am away" }).click();
		await page.locator(".field-error").first().waitFor();
	},
	async account(page) {
		await page.goto(`${origin}/accounts`);
		await page.locator("#name").fill("vi");
		await page.locator("#make").click();
		await page.locator("#e-name").waitFor();
	},
	async invited(page) {
		await page.goto(`${origin}/accounts`);
		await page.locator("#name").fill(`new-${chance(5)}`);
		await page.locator("#make").click();
		await page.locator("#link").waitFor();
	},
	async signIn(page) {
		sql("update sign_in_brake set failures = 0, next_at = now()");
		await page.goto(`${origin}/sign-in`);
		await page.locator("#name").fill(`nobody-${chance(6)}`);
		await page.locator("#password").fill("not the right one");
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.locator("[role=alert]").waitFor();
	},
	async throttled(page) {
		const form = { name: "mallory", password: "not the right one" };
		await page.context().request.post(`${origin}/sign-in`, { form, headers: { Origin: origin } });
		sql("update sign_in_brake set next_at = now() + interval '5 minutes'");
		await page.goto(`${origin}/sign-in`);
		await page.locator("#name").fill("mallory");
		await page.locator("#password").fill("not the right one");
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.locator("[role=alert]").waitFor();
	},
	async noDatabase(page) {
		await page.goto(`${origin}/sign-in`);
		await page.locator("#name").fill("ana");
		await page.locator("#password").fill("the right one, perhaps");
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.locator(".error-status, [role=alert]").waitFor();
	},
	async usedLink(page) {
		await page.goto(`${origin}/sign-in/used-up-long-ago`);
	},
	// A form of a session that has ended meanwhile.
	async expired(page) {
		await page.goto(`${origin}/runs/${runs.first}`);
		await page.locator("form:has(#pause) [name=_csrf]").evaluate((input) => { input.value = "of another session"; });
		await page.locator("#pause").click();
		await page.locator(".error-status").waitFor();
	},
};

export const chapters = [
	{
		name: "nothing yet",
		prepare() {
			sql("delete from runner");
		},
		rows: () => [
			["home-empty", "/", all], ["projects-empty", "/projects", all], ["dead-letters-empty", "/dead-letters", ["bo", "vi"]],
			["budgets-empty", "/budgets", ["ana", "op"]], ["settings-empty", "/settings", ["bo", "vi"]],
			["project-new", "/projects/new", ["op", "cy"]], ["inbox-empty", "/inbox", ["bo", "vi"]],
			["inbox-others-empty", "/inbox?list=others", ["bo"]], ["away", "/inbox/away", ["cy"]], ["accounts-empty", "/accounts?q=nobody-like-it", ["ana"]],
			["sign-in", "/sign-in", any], ["sign-in-link", new URL(link("vi")).pathname, any],
			["invitation", new URL(link("vi", "invite")).pathname, any], ["reset", new URL(link("vi", "reset")).pathname, any],
			["accounts-none", "/accounts?q=nobody-at-all", ["ana"]],
			["sign-in-next", "/projects?state=running", any],
		],
	},
	{
		name: "one row",
		prepare() {
			first = play.submit("Quiet reading", "null", "cy");
		},
		rows: () => [
			["home-one", "/", makers], ["projects-one", "/projects", ["bo", "cy"]], ["project-one", `/projects/${project(first)}`, ["cy"]],
			["run-one", `/runs/${first}`, ["ana", "cy"]], ["messages-empty", `/runs/${first}/messages`, ["cy"]],
			["log-empty", `/runs/${first}/log`, ["cy"]], ["tests-empty", `/runs/${first}/tests`, ["cy"]],
			["stage-empty", `/runs/${first}/stages/analyst`, ["cy"]],
		],
	},
	{
		name: "rows of all kinds",
		prepare() {
			people();
			sql(`insert into account (name, role, email, disabled_at)
					values (repeat('W', 64), 'viewer', 'someone.with.a.long.name@mail.example.org', now());
				select member_set(account_id, project_id, 'bo', 'operator'), member_set(account_id, project_id, 'vi', 'approver')
				from project where project_id = ${project(runs.own)}`);
		},
		rows: () => [
			["home", "/", [...makers, "vi"]], ["projects", "/projects", staff], ["projects-none", "/projects?q=nothing-like-it", ["bo"]],
			["project", `/projects/${project(runs.first)}`, staff], ["project-own", `/projects/${project(runs.own)}`, ["cy"]],
			["run-waiting", `/runs/${runs.first}`, staff], ["run-own", `/runs/${runs.own}`, ["cy"]],
			["run-read", `/runs/${runs.read}`, ["vi"]], ["gate-read", `/gates/${play.gate(runs.read)}`, ["vi"]],
			["run-done", `/runs/${runs.done}`, ["ana"]], ["run-queued", `/runs/${runs.queued}`, ["op"]],
			["run-working", `/runs/${runs.working}`, ["bo"]], ["run-rejected", `/runs/${runs.rejected}`, ["ana"]],
			["run-paused", `/runs/${runs.paused}`, ["bo"]], ["run-branches", `/runs/${runs.branches}`, ["bo"]],
			["run-failed", `/runs/${runs.failure}`, ["bo"]],
			["stage", `/runs/${runs.first}/stages/analyst`, ["bo"]],
			["stage-old", `/runs/${runs.first}/stages/analyst?revision=1`, ["bo"]],
			["stage-files", `/runs/${runs.done}/stages/developer`, ["ana"]], ["stage-none", `/runs/${runs.first}/stages/tester`, ["ana"]],
			["stage-again", `/runs/${runs.branches}/stages/analyst`, ["ana"]],
			["tests", `/runs/${runs.done}/tests`, ["ana"]], ["tests-failed", `/runs/${runs.tests}/tests`, ["ana"]],
			["tests-unexecuted", `/runs/${runs.unexecuted}/tests`, ["ana"]],
			["file", `/runs/${runs.done}/files/developer/app/server.py`, ["ana"]],
			["file-empty", `/runs/${runs.done}/files/developer/app/empty.txt`, ["ana"]],
			["file-rendered", `/runs/${runs.done}/files/developer/README.md?rendered=1`, ["ana"]],
			["gate", `/gates/${play.gate(runs.first)}`, staff], ["gate-own", `/gates/${play.gate(runs.own)}`, ["cy"]],
			["gate-tests", `/gates/${play.gate(runs.tests)}`, ["bo"]], ["gate-unexecuted", `/gates/${play.gate(runs.unexecuted)}`, ["bo"]],
			["gate-failure", `/gates/${play.gate(runs.failure)}`, ["bo"]], ["gate-budget", `/gates/${play.gate(runs.budget)}`, ["bo", "op"]],
			["gate-price", `/gates/${play.gate(runs.price)}`, ["bo"]],
			["gate-decided", `/gates/${sql(`select gate_id from gate where run_id = ${runs.rejected}`)}`, ["bo"]],
			["gate-votes", `/gates/${play.gate(runs.voted)}`, ["ana", "bo"]], ["gate-question", `/gates/${play.gate(runs.branches)}`, ["bo"]],
			["gate-conflict-of-agents", `/gates/${play.gate(runs.conflict)}`, ["bo"]], ["gate-caps", `/gates/${play.gate(runs.capped)}`, ["op"]],
			["messages", `/runs/${runs.branches}/messages`, ["ana"]], ["log", `/runs/${runs.branches}/log`, ["ana"]],
			["log-level", `/runs/${runs.branches}/log?level=error&stage=developer`, ["ana"]],
			["budgets", "/budgets", ["ana", "op"]], ["settings", "/settings", ["ana", "cy"]],
			["inbox", "/inbox", ["ana", "bo", "cy"]], ["inbox-others", "/inbox?list=others", ["ana", "cy"]],
			["inbox-filtered", "/inbox?kind=question&sort=cost", ["bo"]], ["inbox-none", "/inbox?why=stand-in", ["bo"]],
			["give", `/gates/${play.gate(runs.first)}/give`, ["bo"]], ["conflict", `/gates/${play.gate(runs.conflict)}/conflict`, ["bo"]],
			["gate-lines", `/gates/${play.gate(runs.first)}?view=lines`, ["bo"]], ["gate-split", `/gates/${play.gate(runs.first)}?diff=split`, ["bo"]],
			["gate-comment", `/gates/${play.gate(runs.first)}?view=lines&line=3`, ["bo"]], ["gate-edit", `/gates/${play.gate(runs.first)}/edit`, ["bo"]],
			["record", `/runs/${runs.first}/record`, ["bo"]], ["record-empty", `/runs/${runs.queued}/record`, ["bo"]],
			["members", `/projects/${project(runs.own)}/members`, ["op", "cy"]], ["members-read", `/projects/${project(runs.read)}/members`, ["vi"]], ["accounts", "/accounts", ["ana"]],
			["account", `/accounts/${sql("select account_id from account where name = 'cy'")}`, ["ana"]],
			["account-disabled", `/accounts/${sql("select account_id from account where name = repeat('W', 64)")}`, ["ana"]],
			["dead-letters", "/dead-letters", ["bo"]], ["dead-letters-all", "/dead-letters?all=1", ["bo"]],
		],
	},
	{
		name: "refused", refusals: true,
		prepare() {
			people();
		},
		rows: () => [
			["project-new-mistakes", null, makers, 422, mistakes.project], ["gate-mistake", null, staff, 422, mistakes.gate],
			["gate-changed", null, ["bo"], 409, mistakes.changed], ["project-mistake", null, ["ana"], 422, mistakes.cap],
			["budgets-mistake", null, ["op"], 404, mistakes.budget], ["messages-mistake", null, ["bo"], 422, mistakes.message],
			["settings-token", null, ["vi"], 200, mistakes.token], ["settings-mistake", null, ["vi"], 422, mistakes.password],
			["members-mistake", null, ["op"], 422, mistakes.share], ["accounts-mistake", null, ["ana"], 409, mistakes.account],
			["account-invited", null, ["ana"], 200, mistakes.invited], ["accounts-refused", "/accounts", ["op", "vi"], 403],
			["members-hidden", `/projects/${project(runs.first)}/members`, ["dy"], 404],
			["sign-in-wrong", null, any, 422, mistakes.signIn], ["sign-in-throttled", null, any, 429, mistakes.throttled],
			["sign-in-link-used", null, any, 404, mistakes.usedLink], ["form-expired", null, ["bo"], 403, mistakes.expired],
			["give-mistake", null, ["bo"], 422, mistakes.give], ["away-mistake", null, ["bo"], 422, mistakes.away],
			["project-new-refused", "/projects/new", ["vi"], 403], ["budgets-refused", "/budgets", ["bo", "cy", "vi"], 403],
			["project-hidden", `/projects/${project(runs.first)}`, ["dy", "vi"], 404], ["run-hidden", `/runs/${runs.first}`, ["dy"], 404],
			["gate-hidden", `/gates/${play.gate(runs.first)}`, ["dy"], 404], ["run-none", "/runs/999999", ["ana"], 404],
			["page-none", "/no/such/page", ["cy", null], 404], ["query-wrong", "/projects?limit=many", ["ana"], 422],
			["query-broken", "/projects?q=%00", ["ana"], 400],
		],
	},
	{
		name: "runners", refusals: true,
		prepare() {
			play.seen();
			sql("update runner set seen_at = now(), pressure = 'less than 5 % of the disk is free'");
		},
		rows: () => [["home-pressure", "/", ["ana", "cy"]]],
	},
	{
		name: "no runner", refusals: true,
		prepare() {
			sql("update runner set pressure = null, seen_at = now() - interval '14 minutes', expires_at = now() - interval '13 minutes'");
		},
		rows: () => [["home-no-runner", "/", ["ana", "cy"]]],
	},
	{
		name: "the database is gone", refusals: true,
		loss: true,
		prepare() {
			play.database(false);
		},
		rows: () => [
			["home-gone", "/", ["bo"], 503], ["projects-gone", "/projects", ["bo"], 503], ["gate-gone", "/gates/1", ["bo"], 503],
			["sign-in-gone", null, any, 503, mistakes.noDatabase],
		],
		finish() {
			play.database(true);
		},
	},
	{
		name: "nobody answers", refusals: true,
		loss: true, alone: true,
		prepare() {
			process.kill(Number(process.env.E2E_RESPONDER));
		},
		rows: () => [["nobody-answers", "/projects", ["bo"], 502]],
	},
];
