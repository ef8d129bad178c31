// SPDX-License-Identifier: MIT
// A person's whole way, from the sign-in link to the archive; argument: js or nojs. Without JavaScript
// pages are loaded again by hand, and what was decided is read back from the database.
import { execFileSync } from "node:child_process";
import { end, equal, eventually, link, ok, origin, play, signIn, sql, step, visitor } from "./browser.js";

const scripts = process.argv[2] !== "nojs";
const mode = scripts ? "with JavaScript" : "without JavaScript";
const context = await visitor({ scripts });
let page, run;

const text = (selector = "main") => page.locator(selector).innerText();
// With JavaScript the page moves by itself; without, a person reloads it.
async function shows(what, selector = "main") {
	await eventually(`"${what}" on the page`, async () => {
		if (!scripts)
			await page.reload();
		return (await text(selector)).includes(what);
	});
}
async function decide(kind, comment) {
	if (comment !== undefined)
		await page.locator("#comment").fill(comment);
	await page.locator(`input[name=kind][value=${kind}]`).check();
	await page.locator("#decide-button").click();
	await page.waitForLoadState();
}
const openGate = () => page.goto(`${origin}/gates/${play.gate(run)}`);
const last = (column) => sql(`select d.${column} from decision d join gate using (gate_id) where run_id = ${run}
	order by decision_id desc limit 1`);

await step(`${mode}: looking at a sign-in link uses nothing up, its button signs in`, async () => {
	const url = link();
	page = await context.newPage();
	await page.goto(url);
	await page.goto(url);
	equal(sql("select count(*) from session"), "0", "sessions before the button");
	await page.close();
	page = await signIn(context, url);
	const other = await visitor({ scripts });
	const again = await other.newPage();
	const answer = await again.goto(url);
	ok(answer.status() >= 400, "the link is used up");
	await other.close();
});

await step(`${mode}: an empty home says what to do`, async () => {
	ok((await text()).includes("Nothing here yet"), "says that there is nothing");
	await page.getByRole("link", { name: "Start the first project" }).click();
	equal(new URL(page.url()).pathname, "/projects/new", "where the button leads");
});

const brief = "# Tools\n\nMembers borrow tools; a member has at most three.\n\n  <b>indented & marked</b>";
await step(`${mode}: mistakes come back beside their fields with everything typed still there`, async () => {
	await page.getByLabel("Brief").fill(brief);
	await page.locator("#f-cap_usd").fill("a lot");
	await page.locator("input[name=workflow][value=sdlc]").check();
	await page.getByRole("button", { name: "Start project" }).click();
	await page.locator("#e-name").waitFor();
	ok((await text("#e-cap")).length > 10, "the cap's mistake is beside it");
	equal(await page.getByLabel("Brief").inputValue(), brief, "the brief");
	equal(await page.locator("#f-cap_usd").inputValue(), "a lot", "the cap");
	ok(await page.locator("input[name=workflow][value=sdlc]").isChecked(), "the workflow is still chosen");
	equal(sql("select count(*) from project"), "0", "projects");
});

await step(`${mode}: sent twice, the form makes one project`, async () => {
	await page.locator("#f-name").fill("Tool library");
	await page.locator("#f-cap_usd").fill("5.00");
	const fields = await page.locator("main form").evaluate((form) => Object.fromEntries(new FormData(form)));
	await page.getByRole("button", { name: "Start project" }).click();
	await page.waitForURL(/\/runs\/\d+$/);
	run = Number(page.url().split("/").pop());
	await context.request.post(`${origin}/projects`, { form: fields, maxRedirects: 0, headers: { Origin: origin } });
	equal(sql("select count(*) from project"), "1", "projects");
	equal(sql("select brief from project"), brief, "the brief in the database");
});

await step(`${mode}: the run page shows the queue, and moves on to the gate`, async () => {
	ok((await text()).includes("Analyst waits for a runner"), "says what it waits for");
	ok((await text()).includes("1 of 1"), "shows the place in the queue");
	play.go(run);
	await shows("Decide on the Analyst’s output");
	ok((await text()).includes("fallback template"), "says who produced it");
});

await step(`${mode}: changes need a comment; the page says so and keeps the choice`, async () => {
	await page.getByRole("link", { name: "Review and decide" }).click();
	await page.locator("#comment").waitFor();
	ok((await text()).includes("US-1 Borrow a tool"), "the output is rendered on the page that asks");
	await decide("changes");
	ok((await text("form.decide [role=alert]")).includes("comment"), "says what is missing");
	ok(await page.locator("input[value=changes]").isChecked(), "the choice is kept");
});

await step(`${mode}: asking for changes brings a new revision that answers it, and a diff`, async () => {
	const wish = "A member must not borrow while a loan is overdue.";
	await decide("changes", wish);
	equal(new URL(page.url()).pathname, `/runs/${run}`, "back on the run's page");
	equal(last("comment"), wish, "the comment in the database");
	play.go(run);
	await shows("Decide on the Analyst’s output");
	await openGate();
	ok((await text()).includes("Changes since revision 1"), "the changes are shown");
	const added = await page.locator(".diff .d-added .code").allInnerTexts();
	ok(added.some((line) => line.includes(wish)), "the diff shows the answer");
	equal(await page.locator(".diff .d-added .sign").first().innerText(), "+", "and says so without colour");
	ok((await text(".history")).includes(wish), "the earlier decision is told");
});

await step(`${mode}: a stale tab gets 409, says who decided, and keeps what was typed`, async () => {
	const stale = await context.newPage();
	await stale.goto(page.url());
	await decide("approve", "Good.");
	equal(last("kind"), "approve", "the decision in the database");
	await stale.locator("#comment").fill("I would rather have it changed.");
	await stale.locator("input[value=changes]").check();
	const [answer] = await Promise.all([stale.waitForNavigation(), stale.locator("#decide-button").click()]);
	equal(answer.status(), 409, "status");
	const said = await stale.locator("main").innerText();
	ok(said.includes("already decided") && said.includes("ana"), "says what happened and by whom");
	ok(said.includes("I would rather have it changed."), "keeps what was typed");
	await stale.close();
	equal(sql(`select count(*) from decision join gate using (gate_id) where run_id = ${run}`), "2", "decisions");
});

await step(`${mode}: a double click decides once`, async () => {
	play.go(run);
	await openGate();
	await page.locator("input[value=approve]").check();
	await page.locator("#decide-button").dblclick();
	await eventually("an answer", async () => /\/runs\/|\/decision$/.test(page.url()));
	await page.waitForLoadState();
	equal(sql(`select count(*) from decision join gate using (gate_id) where run_id = ${run}
		and stage = 'architect'`), "1", "decisions on the architect");
});

await step(`${mode}: a failing suite comes to a person with its tests and logs`, async () => {
	play.go(run, 2);
	await openGate();
	ok((await text("h1")).includes("tests are not green"), "says what is asked");
	ok((await text()).includes("10 passed, 2 failed"), "sums up");
	await page.goto(`${origin}/runs/${run}/tests`);
	ok((await text()).includes("AssertionError: 201 != 409"), "a failed test's log is open");
	equal(await page.locator(".tests > li").count(), 12, "tests");
	await page.locator(".tests summary").last().click();
	ok((await text(".tests > li:last-child")).includes("printed nothing"), "a log opens without a script");
	await openGate();
	await decide("changes", "The fourth loan must be refused.");
	equal(last("kind"), "changes", "the decision in the database");
});

await step(`${mode}: approval of the tests ends the run, and the archives can be taken away`, async () => {
	play.go(run);
	await openGate();
	await decide("approve");
	await shows("All stages are done");
	equal(sql(`select state from run where run_id = ${run}`), "done", "the run");
	const [zip] = await Promise.all([page.waitForEvent("download"), page.locator("#zip").click()]);
	const files = execFileSync("unzip", ["-Z1", await zip.path()], { encoding: "utf8" }).trim().split("\n");
	ok(files.includes("tool-library/README.md") && files.includes("tool-library/tests/test_app.py"), files.join(" "));
	ok(/^tool-library-\d+\.zip$/.test(zip.suggestedFilename()), zip.suggestedFilename());
	const [tar] = await Promise.all([page.waitForEvent("download"), page.locator("#tar").click()]);
	const listed = execFileSync("tar", ["tzf", await tar.path()], { encoding: "utf8" });
	ok(listed.includes("tool-library/app/server.py"), listed);
});

await step(`${mode}: a rejection ends the run, and nothing is left to decide`, async () => {
	run = play.submit("Second");
	play.go(run);
	await openGate();
	const gate = page.url();
	await decide("reject", "Not what I meant.");
	equal(sql(`select state from run where run_id = ${run}`), "rejected", "the run");
	equal(last("comment"), "Not what I meant.", "the comment in the database");
	await page.goto(gate);
	equal(await page.locator("#decide-button").count(), 0, "forms");
	ok((await text("#decided")).includes("Rejected by ana"), "says who did");
});

await step(`${mode}: a run is paused, resumed, and cancelled after a second look`, async () => {
	run = play.submit("Third");
	await page.goto(`${origin}/runs/${run}`);
	await page.locator("#pause").click();
	await page.locator("#resume").waitFor();
	equal(sql(`select state from run where run_id = ${run}`), "paused", "the run");
	await page.locator("#resume").click();
	await page.locator("#pause").waitFor();
	ok(!(await page.locator("#cancel-yes").isVisible()), "the button is not at hand by accident");
	await page.locator("#cancel").click();
	await page.locator("#cancel-yes").click();
	await shows("It was ended by hand");
	equal(sql(`select state from run where run_id = ${run}`), "cancelled", "the run");
});

await step(`${mode}: colours are switched by a form, and stay`, async () => {
	await page.getByRole("button", { name: "Dark" }).click();
	await page.goto(`${origin}/projects`);
	equal(await page.locator("html").getAttribute("data-theme"), "dark", "theme");
	equal(await page.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed"), "true", "the button says so");
});

await context.close();
await end();
