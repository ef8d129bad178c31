// SPDX-License-Identifier: MIT
// The table of everything that people can do. A row says
//   name, may and not   who may do it and who may not (states.js says who they are)
//   make(by)            what there must be before: a world
//   at(world)           the page it is done on
//   control             what offers it there
//   act(page, world)    how a person does it
//   done(world, by)     what the database says afterwards, as [statement, result]
//   post(world)         the same without the page: [path, fields]
// alone: it concerns the account itself, so an account and a browser of its own do it; refused: the status
// of a refusal where it is one of several answers on a page.
import { chance, play, sql } from "./browser.js";

const owners = ["ana", "op", "bo", "cy"], others = ["dy", "vi"], operators = ["ana", "op"];
const everyone = [...owners, "vi"];
const press = (selector) => (page) => page.locator(selector).click();
const name = () => `Deed ${chance(4)}`;

function run(gate = true, cap = "null") {
	const number = play.submit(name(), cap, "cy");
	if (gate)
		play.go(number);
	return { run: number, project: sql(`select project_id from run where run_id = ${number}`), gate: gate && play.gate(number) };
}
function parked(kind, detail, cap = "null", amount = "null") {
	const world = run(false, cap);
	play.park(world.run, kind, detail, amount);
	return { ...world, gate: play.gate(world.run) };
}
function parallel() {
	const number = Number(sql(`select play.parallel('cy', '${name()}')`));
	sql(`select play.step(${number}, 'analyst', 'pass')`);
	return { run: number, gate: play.gate(number) };
}
function question() {
	const world = parallel();
	sql(`select play.approve_twice(${world.run}); select play.step(${world.run}, 'developer', 'pass');
		select play.ask(${world.run}, 'architect', 'question', 'May a guest borrow?')`);
	return { ...world, gate: play.gate(world.run) };
}
function conflict() {
	const world = parallel();
	sql(`select play.approve_twice(${world.run}); select play.step(${world.run}, 'developer', 'concern', 'They exclude each other.');
		select play.step(${world.run}, 'analyst', 'pass'); select play.approve_twice(${world.run});
		select play.step(${world.run}, 'developer', 'concern', 'They still do.')`);
	return { ...world, gate: play.gate(world.run) };
}
function said() {
	const world = run(false);
	world.message = sql(`select message_send(${world.run}, account_id, null, 'architect', 0, 'One table, please.', null)
		from account where name = 'cy'`);
	sql(`update message_delivery set state = 'dead', attempts = 5, problem = 'its runner was lost' where message_id = ${world.message}`);
	return world;
}

const id = (who) => sql(`select account_id from account where name = '${who}'`);
// A gate that is given to dy, by the owner.
function given() {
	const world = run();
	sql(`select gate_give(${world.gate}, 'dy', 'Please look.', account_id) from account where name = 'cy'`);
	return world;
}
// Something that an agent said to people.
function toPeople() {
	const world = run(false);
	world.message = sql(`select message_post(${world.run}, 'analyst', null, null, 'people', 0, 'Is it for members only?', null, null)`);
	return world;
}
// A line with a comment of somebody's, sent.
function commented() {
	const world = run();
	const review = sql(`insert into review (gate_id, account_id, revision, kind) values (${world.gate}, ${id("bo")}, 1, 'comment')
		returning review_id`);
	world.comment = sql(`insert into review_comment (run_id, stage, revision, account_id, line, line_end, quote, body, review_id)
		values (${world.run}, 'analyst', 1, ${id("bo")}, 1, 1, '# Requirements', 'Of whom?', ${review}) returning comment_id`);
	return world;
}
function shared(role) {
	const world = run(false);
	sql(`insert into project_member (project_id, account_id, role) values (${world.project}, ${id("vi")}, '${role}')`);
	return world;
}
function stranger(disabled = false) {
	const name = `guest-${chance(4)}`;
	sql(`insert into account (name, role, disabled_at) values ('${name}', 'viewer', ${disabled ? "now()" : "null"})`);
	return { name, id: id(name) };
}

const onRun = ({ run }) => `/runs/${run}`, onGate = ({ gate }) => `/gates/${gate}`;
const state = (want) => ({ run }) => [`select state from run where run_id = ${run}`, want];
const decided = (kind, comment) => ({ gate }, by) => [`select d.kind, d.comment, a.name from decision d join account a
	using (account_id) where gate_id = ${gate}`, `${kind}|${comment}|${by}`];

// A decision on the gate's page.
function decision(title, make, kind, comment = "", more = {}) {
	return {
		name: title, may: owners, not: others, make, at: onGate, control: "#decide-button",
		async act(page) {
			await page.locator("#comment").fill(comment);
			await page.locator(`input[name=kind][value=${kind}]`).check();
			await page.locator("#decide-button").click();
		},
		done: decided(kind, comment),
		post: ({ gate }) => [`/gates/${gate}/decision`, { kind, comment, revision: sql(`select revision from gate where gate_id = ${gate}`) }],
		...more,
	};
}

// A button on the run's page.
const held = (title, action, control, make, want) => ({
	name: title, may: owners, not: others, make, at: onRun, control, act: press(control), done: state(want),
	post: ({ run }) => [`/runs/${run}/${action}`, {}],
});

export const deeds = [
	{
		name: "starting a project", may: owners, not: ["vi"], make: () => ({ title: name() }), at: () => "/projects/new",
		control: "main form button, header a[href='/projects/new']",
		async act(page, { title }) {
			await page.locator("#f-name").fill(title);
			await page.locator("#f-brief").fill("Members borrow tools.");
			await page.getByRole("button", { name: "Start project" }).click();
			await page.waitForURL(/\/runs\/\d+$/);
		},
		done: ({ title }, by) => [`select a.name from project p join account a on a.account_id = p.account_id
			where p.name = '${title}'`, by],
		post: ({ title }) => ["/projects", { name: title, brief: "B", workflow: "sdlc", stack: "python-stdlib", submit_key: chance(8) }],
	},
	{
		name: "setting a project's cap", may: owners, not: others, make: () => run(false), at: ({ project }) => `/projects/${project}`,
		control: "#cap-set",
		async act(page) {
			await page.locator("#cap").fill("7.25");
			await page.locator("#cap-set").click();
		},
		done: ({ project }) => [`select cap_usd::numeric(9, 2) from budget where kind = '4-project' and key = ${project}`, "7.25"],
		post: ({ project }) => [`/projects/${project}/cap`, { cap_usd: "7.25" }],
	},
	{
		name: "lifting a project's cap", may: owners, not: others, make: () => run(false, 5), at: ({ project }) => `/projects/${project}`,
		control: "#cap-lift", act: press("#cap-lift"),
		done: ({ project }) => [`select coalesce(max(cap_usd)::text, 'none') from budget where kind = '4-project' and key = ${project}`, "none"],
		post: ({ project }) => [`/projects/${project}/cap`, { lift: "true" }],
	},
	held("pausing a run", "pause", "#pause", () => run(false), "paused"),
	held("resuming a run", "resume", "#resume", () => {
		const world = run(false);
		sql(`select run_pause(${world.run}, account_id, true) from account where name = 'cy'`);
		return world;
	}, "queued"),
	{
		...held("cancelling a run", "cancel", "#cancel", () => run(false), "cancelled"),
		async act(page) {
			await page.locator("#cancel").click();
			await page.locator("#cancel-yes").click();
		},
	},
	{
		name: "doing a stage again", may: owners, not: others, make: run, at: ({ run }) => `/runs/${run}/stages/analyst`,
		control: "#again-button",
		async act(page) {
			await page.locator("#again-comment").fill("Shorter, please.");
			await page.locator("#again-button").click();
		},
		done: ({ run }) => [`select feedback ->> 'comment', state from stage where run_id = ${run} and node = 'analyst'`, "Shorter, please.|pending"],
		post: ({ run }) => [`/runs/${run}/stages/analyst/retry`, { comment: "Shorter, please." }],
	},
	{
		name: "writing to an agent", may: owners, not: others, make: () => run(false), at: ({ run }) => `/runs/${run}/messages`,
		control: "#send",
		async act(page) {
			await page.locator("#text").fill("@architect one table");
			await page.locator("#priority").fill("4");
			await page.locator("#send").click();
		},
		done: ({ run }, by) => [`select m.body, m.priority, m.recipient, a.name from message m join account a using (account_id)
			where run_id = ${run}`, `one table|4|architect|${by}`],
		post: ({ run }) => [`/runs/${run}/messages`, { text: "@architect one table", priority: "4" }],
	},
	{
		name: "replying to a message", may: owners, not: others, make: said, at: ({ run }) => `/runs/${run}/messages`, control: ".reply",
		async act(page, { message }) {
			await page.locator(`#m-${message} .reply summary`).click();
			await page.locator(`#r-${message}`).fill("Two, then.");
			await page.locator(`#m-${message} .reply button`).click();
		},
		done: ({ run, message }) => [`select body from message where run_id = ${run} and reply_to = ${message}`, "Two, then."],
		post: ({ run, message }) => [`/runs/${run}/messages`, { text: "Two, then.", reply_to: String(message) }],
	},
	{
		name: "letting a message be read again", may: owners, not: others, make: said, at: ({ run }) => `/runs/${run}/messages`,
		control: ".delivery button", act: press(".delivery button"),
		done: ({ message }) => [`select state from message_delivery where message_id = ${message}`, "ready"],
		post: ({ run, message }) => [`/runs/${run}/messages/${message}/architect/revive`, {}],
	},
	decision("approving", run, "approve", "Good."),
	decision("asking for changes", run, "changes", "A loan needs an end."),
	decision("rejecting", run, "reject", "We buy one."),
	decision("voting, where it takes two", parallel, "approve", "Mine.", {
		done: ({ gate }, by) => [`select g.state, v.comment, a.name from gate g join gate_vote v using (gate_id)
			join account a on a.account_id = v.account_id where gate_id = ${gate}`, `open|Mine.|${by}`],
	}),
	decision("answering a question", question, "answer", "Never."),
	decision("accepting in a conflict", conflict, "approve", "Both may stand."),
	decision("trying again with advice", () => parked("failure", "no JSON"), "changes", "Answer in JSON."),
	decision("going on without a stage", () => parked("failure", "no JSON"), "skip", "We write them ourselves."),
	decision("giving up a stage", () => parked("failure", "no JSON"), "reject"),
	decision("raising a cap", () => parked("budget", "The next call would pass the cap", 0.5, 0.31), "approve", "Go on."),
	decision("allowing unknown prices", () => parked("price", "The price is not set", 2), "approve", "Go on."),
	{
		...decision("trying a stage again from the run's page", () => parked("failure", "no JSON"), "approve"),
		at: onRun, control: "[id^=again-]", act: press("[id^=again-]"),
	},
	{
		...decision("resuming a dead letter", () => parked("failure", "no JSON"), "approve"), at: () => "/dead-letters",
		control: null,
		act: (page, { run }) => page.locator(`.row:has(a[href$='/runs/${run}']) button`).click(),
	},
	{
		name: "setting a budget", may: operators, not: ["bo", "cy", "vi"], make() {
			sql("select budget_set('1-site', 0, null, null)");
			return {};
		},
		at: () => "/budgets", control: "#set-button, header a[href='/budgets']",
		async act(page) {
			await page.locator("#kind").selectOption("site");
			await page.locator("#cap_usd").fill("900");
			await page.locator("#set-button").click();
		},
		done: () => ["select coalesce(max(cap_usd)::integer, 0) from budget where kind = '1-site'", "900"],
		post: () => ["/budgets", { kind: "site", cap_usd: "900" }],
	},
	{
		name: "lifting a budget", may: operators, not: ["bo", "cy", "vi"], make() {
			sql("select budget_set('1-site', 0, 800, null)");
			return {};
		},
		at: () => "/budgets", control: ".lift button",
		act: (page) => page.locator("tr", { hasText: "The whole site" }).locator(".lift button").click(),
		done: () => ["select coalesce(max(cap_usd)::integer, 0) from budget where kind = '1-site'", "0"],
		post: () => ["/budgets", { kind: "site", lift: "true" }],
	},
	{
		name: "approving from the inbox", may: owners, not: others, make: run, at: ({ project }) => `/inbox?project=${project}`, control: null,
		async act(page, { gate }) {
			await page.locator(`#tick-${gate}`).check();
			await page.locator("#approve-ticked").click();
		},
		done: decided("approve", ""),
		post: ({ gate }) => ["/inbox/approve", { [`gate-${gate}`]: "1" }], refused: 200,
	},
	{
		name: "giving a decision to somebody", may: owners, not: others, make: run, at: ({ gate }) => `/gates/${gate}/give`,
		control: "#to",
		async act(page) {
			await page.locator("#to").fill("dy");
			await page.locator("#word").fill("You know better.");
			await page.getByRole("button", { name: "Give it away" }).click();
		},
		done: ({ gate }) => [`select a.name, g.given_word from gate g join account a on a.account_id = g.assignee_id
			where gate_id = ${gate}`, "dy|You know better."],
		post: ({ gate }) => [`/gates/${gate}/give`, { to: "dy", word: "You know better." }],
	},
	{
		name: "taking it back", may: ["cy"], not: ["vi"], make: given, at: () => "/inbox?list=others", control: null,
		act: (page, { gate }) => page.locator(`form[action$='/gates/${gate}/take-back'] button`).click(),
		done: ({ gate }) => [`select given_by is null and assignee_id is null from gate where gate_id = ${gate}`, "t"],
		post: ({ gate }) => [`/gates/${gate}/take-back`, {}],
	},
	{
		...decision("deciding on what was given", given, "approve", "Looks well."), may: ["dy"], not: ["vi"],
	},
	{
		name: "commenting on a line", may: owners, not: others, make: run, at: ({ gate }) => `/gates/${gate}?view=lines&line=1`,
		control: "#say-button",
		async act(page) {
			await page.locator("#say-text").fill("Of whom?");
			await page.locator("#say-button").click();
		},
		done: ({ run }, by) => [`select c.body, c.line, a.name from review_comment c join account a using (account_id)
			where run_id = ${run}`, `Of whom?|1|${by}`],
		post: ({ gate }) => [`/gates/${gate}/comments`, { revision: "1", path: "", line: "1", text: "Of whom?" }],
	},
	{
		name: "resolving a comment", may: owners, not: others, make: commented, at: onGate, control: "form[action$=resolve] button",
		act: press("form[action$=resolve] button"),
		done: ({ comment }) => [`select resolved_at is not null from review_comment where comment_id = ${comment}`, "t"],
		post: ({ gate, comment }) => [`/gates/${gate}/comments/${comment}/resolve`, {}],
	},
	{
		name: "answering an agent from the inbox", may: ["cy"], not: ["dy", "vi"], make: toPeople, at: () => "/inbox", control: null,
		async act(page, { message }) {
			await page.locator(`#said-${message} summary`).click();
			await page.locator(`#reply-${message}`).fill("For all.");
			await page.locator(`#said-${message} .reply-form button`).click();
		},
		done: ({ message }) => [`select body, recipient from message where reply_to = ${message}`, "For all.|analyst"],
		post: ({ run, message }) => [`/runs/${run}/reply`, { message: String(message), text: "For all." }],
	},
	{
		name: "sharing a project", may: ["ana", "op", "cy"], not: ["bo", "dy", "vi"], make: () => run(false),
		at: ({ project }) => `/projects/${project}/members`, control: "#share",
		async act(page) {
			await page.locator("#name").fill("vi");
			await page.locator("input[name=role][value=approver]").check();
			await page.locator("#share").click();
		},
		done: ({ project }) => [`select role from project_member where project_id = ${project} and account_id = ${id("vi")}`, "approver"],
		post: ({ project }) => [`/projects/${project}/members`, { name: "vi", role: "approver" }],
	},
	{
		name: "changing a member's role", may: ["ana", "op", "cy"], not: ["bo", "dy", "vi"], make: () => shared("viewer"),
		at: ({ project }) => `/projects/${project}/members`, control: `[id^=role-]`,
		async act(page) {
			await page.locator(`#role-${id("vi")}`).selectOption("submitter");
			await page.locator(`form:has(#role-${id("vi")}) button`).click();
		},
		done: ({ project }) => [`select role from project_member where project_id = ${project}`, "submitter"],
		post: ({ project }) => [`/projects/${project}/members`, { name: "vi", role: "submitter" }],
	},
	{
		name: "removing a member", may: ["ana", "op", "cy"], not: ["bo", "dy", "vi"], make: () => shared("viewer"),
		at: ({ project }) => `/projects/${project}/members`, control: "form[action$=remove] button", act: press("form[action$=remove] button"),
		done: ({ project }) => [`select count(*) from project_member where project_id = ${project}`, "0"],
		post: ({ project }) => [`/projects/${project}/members/${id("vi")}/remove`, {}],
	},
	{
		name: "making an account", may: ["ana"], not: ["op", "bo", "cy", "vi"], make: () => ({ title: `guest-${chance(4)}` }),
		at: () => "/accounts", control: "#make, header a[href='/accounts']",
		async act(page, { title }) {
			await page.locator("#name").fill(title);
			await page.locator("#role").selectOption("approver");
			await page.locator("#make").click();
			await page.locator("#link").waitFor();
		},
		done: ({ title }) => [`select a.role, l.kind from account a join sign_in_link l using (account_id) where a.name = '${title}'`,
			"approver|invite"],
		post: ({ title }) => ["/accounts", { name: title, role: "approver" }],
	},
	{
		name: "changing an account", may: ["ana"], not: ["op", "vi"], make: stranger.bind(null, false), at: (world) => `/accounts/${world.id}`,
		control: "#save",
		async act(page) {
			await page.locator("#role").selectOption("operator");
			await page.locator("#save").click();
		},
		done: (world) => [`select role from account where account_id = ${world.id}`, "operator"],
		post: (world) => [`/accounts/${world.id}`, { role: "operator", email: "" }],
	},
	{
		name: "disabling an account", may: ["ana"], not: ["op", "vi"], make: stranger.bind(null, false), at: (world) => `/accounts/${world.id}`,
		control: "#disable", act: press("#disable"),
		done: (world) => [`select disabled_at is not null from account where account_id = ${world.id}`, "t"],
		post: (world) => [`/accounts/${world.id}/disable`, {}],
	},
	{
		name: "letting an account in again", may: ["ana"], not: ["op", "vi"], make: stranger.bind(null, true),
		at: (world) => `/accounts/${world.id}`, control: "#enable", act: press("#enable"),
		done: (world) => [`select disabled_at is null from account where account_id = ${world.id}`, "t"],
		post: (world) => [`/accounts/${world.id}/enable`, {}],
	},
	{
		name: "saying that one is away", may: everyone, not: [], alone: true, make: () => ({}), at: () => "/inbox/away", control: "#from",
		async act(page) {
			await page.locator("#from").fill("2031-05-01");
			await page.locator("#until").fill("2031-05-04");
			await page.locator("#stand_in").fill("bo");
			await page.getByRole("button", { name: "Say that I am away" }).click();
		},
		done: (world, by) => [`select s.name from account a join account s on s.account_id = a.stand_in where a.name = '${by}'
			and a.away_from::date = '2031-05-01'`, "bo"],
		post: () => ["/inbox/away", { from: "2031-05-01", until: "2031-05-04", stand_in: "bo" }],
	},
	{
		name: "saying where mail goes", may: everyone, not: [], alone: true, make: (by) => ({ by }), at: () => "/settings", control: "#email",
		async act(page, { by }) {
			await page.locator("#email").fill(`${by}@example.org`);
			await page.locator("input[name=shortcuts]").uncheck();
			await page.locator("#save").click();
		},
		done: (world, by) => [`select email, mail, shortcuts from account where name = '${by}'`, `${by}@example.org|t|f`],
		post: ({ by }) => ["/settings/profile", { email: `${by}@example.org`, mail: "true" }],
	},
	{
		name: "making a token", may: everyone, not: [], alone: true, make: () => ({}), at: () => "/settings", control: "#token-name",
		async act(page) {
			await page.locator("#token-name").fill("Nightly job");
			await page.getByRole("button", { name: "Make token" }).click();
			await page.locator("#token").waitFor();
		},
		done: (world, by) => [`select t.name from api_token t join account a using (account_id) where a.name = '${by}'`, "Nightly job"],
		post: () => ["/settings/tokens", { name: "Nightly job", read: "true" }],
	},
	{
		name: "revoking a token", may: everyone, not: [], alone: true, make: (by) => ({
			id: sql(`insert into api_token (account_id, name, token_hash) select account_id, 'laptop', sha256('${by}') from account
				where name = '${by}' returning api_token_id`),
		}),
		at: () => "/settings", control: "form[action*=revoke]", act: press("form[action*=revoke] button"),
		done: ({ id }) => [`select revoked_at is not null from api_token where api_token_id = ${id}`, "t"],
		post: ({ id }) => [`/settings/tokens/${id}/revoke`, {}],
	},
	{
		name: "setting a password", may: everyone, not: [], alone: true, make: () => ({}), at: () => "/settings", control: "#new",
		async act(page) {
			await page.locator("#new").fill("four unrelated words here");
			await page.getByRole("button", { name: "Change password" }).click();
		},
		done: (world, by) => [`select password like '$argon2id$%' from account where name = '${by}'`, "t"],
		post: () => ["/settings/password", { current: "", password: "four unrelated words here" }],
	},
	{
		name: "signing one browser out", may: everyone, not: [], alone: true, make: (by) => ({
			id: sql(`insert into session (token_hash, account_id, expires_at) select sha256('other ${by}'), account_id,
				now() + interval '1 hour' from account where name = '${by}' returning session_id`),
		}),
		at: () => "/settings", control: "form[action*='sessions/'] .btn-small", act: press("form[action*='sessions/'] .btn-small"),
		done: ({ id }) => [`select count(*) from session where session_id = ${id}`, "0"],
		post: ({ id }) => [`/settings/sessions/${id}/end`, {}],
	},
	{
		name: "making a link for a password", may: ["ana"], not: ["op", "vi"], make: stranger.bind(null, false),
		at: (world) => `/accounts/${world.id}`, control: "#invite", act: press("#invite"),
		done: (world) => [`select count(*) from sign_in_link where account_id = ${world.id}`, "1"],
		post: (world) => [`/accounts/${world.id}/link`, { kind: "invite" }],
	},
	{
		name: "signing out everywhere else", may: everyone, not: [], alone: true, make(by) {
			sql(`insert into session (token_hash, account_id, expires_at) select sha256('other ${by}'), account_id, now() + interval '1 hour'
				from account where name = '${by}'`);
			return {};
		},
		at: () => "/settings", control: "form[action$='sessions/end']", act: press("form[action$='sessions/end'] button"),
		done: (world, by) => [`select count(*) from session join account using (account_id) where name = '${by}'`, "1"],
		post: () => ["/settings/sessions/end", {}],
	},
	{
		name: "signing out", may: everyone, not: [], alone: true, make: () => ({}), at: () => "/", control: "form[action$='sign-out']",
		act: press("form[action$='sign-out'] button"),
		done: (world, by) => [`select count(*) from session join account using (account_id) where name = '${by}'`, "0"],
		post: () => ["/sign-out", {}],
	},
];
