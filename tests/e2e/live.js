// SPDX-License-Identifier: MIT
// The run page moves by itself, and is a good neighbour while it does.
import { execFileSync, spawn } from "node:child_process";
import { check, end, equal, eventually, ok, origin, play, signIn, sql, visitor } from "./browser.js";

const { E2E_FEED, E2E_CONFIG, top_builddir } = process.env;
let fed = null;
// The feed that session.sh started, and those that stand in for it.
function feed(what) {
	if (what === "start")
		fed = spawn(`${top_builddir}/botarmy-feed`, ["--config", E2E_CONFIG], { stdio: "ignore" });
	else
		execFileSync("kill", ["-KILL", E2E_FEED]);
}
process.on("exit", () => fed?.kill());

const context = await visitor();
const page = await signIn(context);
const text = () => page.locator("#live").innerText();
const answers = [];
page.on("response", (response) => {
	if (response.url().includes("fragment=1"))
		answers.push(response.status());
});
const quiet = (ms) => new Promise((done) => setTimeout(done, ms));
let run = play.submit("Tool library");
await page.goto(`${origin}/runs/${run}`);

await check("a page that is told what happens does not ask", async () => {
	await eventually("an answer", () => answers.length >= 1);
	await quiet(1500);
	const before = answers.length;
	equal(answers[0], 200, "the first");
	await quiet(5000);
	ok(answers.length <= before, `${answers.length - before} questions while nothing happened`);
});

await check("what happens is shown at once", async () => {
	const began = Date.now();
	sql(`select run_pause(${run}, account_id, true) from account where name = 'ana'`);
	await eventually("the pause", async () => (await text()).includes("Paused."), 3);
	ok(Date.now() - began < 2000, `${Date.now() - began} ms`);
	sql(`select run_pause(${run}, account_id, false) from account where name = 'ana'`);
	await eventually("the resumption", async () => !(await text()).includes("Paused."), 3);
});

await check("what a model writes is shown under its stage while it works, and stays over a refresh", async () => {
	const other = play.submit("Writing");
	const watched = await context.newPage();
	await watched.goto(`${origin}/runs/${other}`);
	await eventually("that it is watched", () => sql(`select count(*) from watch where run_id = ${other}`) === "1");
	sql(`update stage set state = 'running', attempts = 1, started_at = now() where run_id = ${other} and node = 'analyst';
		select event_append(array[${other}], array['agent_status'], array['{"state": "begun", "stage": "analyst"}'::jsonb])`);
	const block = watched.locator("#stage-analyst .writing");
	const write = (at, words) => sql(`insert into live_text (run_id, call_id, at, node, text) values (${other}, 7, ${at}, 'analyst', '${words}');
		select pg_notify('text', '${other}')`);
	await watched.locator("#stage-analyst[data-works]").waitFor();
	write(0, "Grüße <b>");
	await block.waitFor();
	write(11, " and more");
	await eventually("both pieces", async () => (await block.textContent()) === "Grüße <b> and more", 5);
	sql(`select event_append(array[${other}], array['tick'], array['{}'::jsonb])`);
	await quiet(1500);
	equal(await block.textContent(), "Grüße <b> and more", "after a refresh");
	await watched.reload();
	await eventually("all of it again", async () => await block.count() === 1 && (await block.textContent()) === "Grüße <b> and more", 5);
	sql(`update stage set state = 'done', revision = 1 where run_id = ${other} and node = 'analyst';
		select event_append(array[${other}], array['stage_completed'], array['{"stage": "analyst", "revision": 1}'::jsonb])`);
	await eventually("that it is gone", async () => await block.count() === 0, 5);
	await watched.close();
});

await check("without the feed the page asks by itself, and listens again when it is back", async () => {
	page.expectsLoss = true;
	feed("kill");
	sql(`select run_pause(${run}, account_id, true) from account where name = 'ana'`);
	await eventually("the pause", async () => (await text()).includes("Paused."), 15);
	feed("start");
	await eventually("that it is watched", () => sql("select count(*) from pg_stat_activity where application_name = 'botarmy-feed'"
		+ " and datname = current_database()") === "1", 60);
	await quiet(500);
	sql(`select run_pause(${run}, account_id, false) from account where name = 'ana'`);
	await eventually("the resumption", async () => !(await text()).includes("Paused."), 5);
	page.expectsLoss = false;
});

await check("a step shows within seconds, without a reload, and is announced", async () => {
	await page.evaluate(() => { window.untouched = true; });
	play.go(run);
	await eventually("the gate", async () => (await text()).includes("Decide on the Analyst"), 8);
	ok(await page.evaluate(() => window.untouched), "the page was not loaded again");
	await eventually("the announcement", async () => (await page.locator("#announce").textContent()).includes("A person must decide"));
	equal(await page.locator("#announce").getAttribute("role"), "status", "its role");
});

await check("focus and an opened menu outlive a change of their part", async () => {
	await page.locator("#see-analyst").focus();
	play.decide(run, "changes", "More.");
	play.go(run);
	await eventually("revision 2", async () => (await text()).includes("revision 2"), 15);
	equal(await page.evaluate(() => document.activeElement.id), "see-analyst", "focus");
	await page.locator("#cancel").click();
	play.decide(run, "approve");
	await eventually("the next stage", async () => (await text()).includes("Architect waits for a runner"), 15);
	ok(await page.locator("#cancel-yes").isVisible(), "the menu is still open");
	await page.locator("#cancel").click();
});

await check("scrolling is left alone", async () => {
	await page.setViewportSize({ width: 360, height: 500 });
	await page.evaluate(() => window.scrollTo(0, 400));
	const before = await page.evaluate(() => window.scrollY);
	play.go(run);
	await eventually("the next gate", async () => (await text()).includes("Decide on the Architect"), 15);
	ok(Math.abs(await page.evaluate(() => window.scrollY) - before) < 200, "the page jumped");
	await page.setViewportSize({ width: 1280, height: 800 });
});

await check("a hidden tab asks nothing, and asks at once when it is seen again", async () => {
	await page.evaluate(() => {
		Object.defineProperty(document, "hidden", { value: true, configurable: true });
	});
	await quiet(2500);
	const before = answers.length;
	await quiet(5000);
	ok(answers.length <= before, `${answers.length - before} questions while hidden`);
	await page.evaluate(() => {
		delete document.hidden;
		document.dispatchEvent(new Event("visibilitychange"));
	});
	await eventually("a question", () => answers.length > before, 2);
});

await check("a lost connection is said, tried again, and taken back when it is there again", async () => {
	page.expectsLoss = true;
	await context.setOffline(true);
	await page.locator("#lost").waitFor({ state: "visible", timeout: 20000 });
	ok((await page.locator("#lost").innerText()).includes("trying again"), "what it says");
	await context.setOffline(false);
	await page.locator("#lost").waitFor({ state: "hidden", timeout: 40000 });
	page.expectsLoss = false;
});

await check("a page of a run that has ended asks no more", async () => {
	sql(`select run_cancel(${run}, account_id) from account where name = 'ana'`);
	await eventually("the end", async () => (await text()).includes("It was ended by hand"), 40);
	await quiet(500);
	const before = answers.length;
	await quiet(5000);
	equal(answers.length, before, "answers");
});

await check("the home page brings a new gate by itself", async () => {
	await page.goto(`${origin}/`);
	run = play.submit("Recipe box");
	play.go(run);
	await eventually("the gate", async () => (await page.locator("main").innerText()).includes("Recipe box"), 20);
});

await check("so does the inbox, unless something there is begun: then it says so", async () => {
	await page.goto(`${origin}/inbox`);
	const box = page.locator("#tick-all"), news = page.locator(".news"), list = () => page.locator("#list").locator("xpath=../..").innerText();
	const next = (name) => {
		const made = play.submit(name);
		play.go(made);
		return made;
	};
	await box.waitFor();
	next("Chess club");
	await eventually("the gate", async () => (await list()).includes("Chess club"), 10);
	await box.check();
	next("Bird list");
	await news.waitFor();
	ok(!(await list()).includes("Bird list") && await box.isChecked(), "the ticks were taken away");
	await news.locator("button").click();
	await eventually("the gate", async () => (await list()).includes("Bird list"), 5);
	equal(await news.count(), 0, "offers");
	ok(await box.isVisible() && !await box.isChecked(), "the box for all");
});
await context.close();
await end();
