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
		["settings", "/settings"], ["not-found", "/runs/999999"],
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
await page.goto(`${origin}/settings`);
await page.locator("#token-name").fill("Nightly job");
await page.getByRole("button", { name: "Make token" }).click();
await look(context, "settings-token");
sql("update runner set seen_at = now() - interval '14 minutes', expires_at = now() - interval '13 minutes'");
await look(context, "home-no-runner", "/");

await end();
