// SPDX-License-Identifier: MIT
// The same way with the real runner and its built-in fallback: nothing here plays a part.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { accessible } from "./checks.js";
import { end, equal, eventually, ok, origin, shots, signIn, sql, step, visitor } from "./browser.js";

const brief = readFileSync(new URL("../fixtures/briefs/tool-library.md", import.meta.url), "utf8");
let page, run;

const text = () => page.locator("main").innerText();
const openGate = () => sql(`select gate_id from gate where run_id = ${run} and state = 'open'`);

// docs/screenshot.png is a copy of it.
async function readme() {
	await page.setViewportSize({ width: 1200, height: 760 });
	await page.screenshot({ path: `${shots}/readme.png` });
	await page.setViewportSize({ width: 1280, height: 800 });
}

async function decide(scripts, kind, comment, stage) {
	await eventually(`a gate at ${stage}`, async () => {
		if (!scripts)
			await page.reload();
		return (await text()).includes("Review and decide") && openGate() !== "";
	}, 120);
	await page.getByRole("link", { name: "Review and decide" }).click();
	equal(sql(`select stage from gate where gate_id = ${openGate()}`), stage, "the stage asked about");
	const seen = await text();
	if (scripts) {
		await page.screenshot({ path: `${shots}/real-gate-${stage}-${kind}.png`, fullPage: true });
		equal((await accessible(page)).join("\n"), "", "what is not accessible");
		await page.setViewportSize({ width: 360, height: 740 });
		await page.screenshot({ path: `${shots}/real-gate-${stage}-${kind}-phone.png`, fullPage: true });
		equal((await accessible(page)).join("\n"), "", "what is not accessible");
		equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, "width of the page on a phone");
		await page.setViewportSize({ width: 1280, height: 800 });
	}
	await page.locator("#comment").fill(comment);
	await page.locator(`input[name=kind][value=${kind}]`).check();
	await page.locator("#decide-button").click();
	await page.waitForURL(`${origin}/runs/${run}`);
	equal(sql(`select d.kind || ':' || comment from decision d join gate using (gate_id) where run_id = ${run}
		order by decision_id desc limit 1`), `${kind}:${comment}`, "the decision in the database");
	return seen;
}

for (const scripts of [true, false]) {
	const mode = scripts ? "with JavaScript" : "without JavaScript";
	const context = await visitor({ scripts });
	const wish = "Every loan must have a due date.";

	await step(`${mode}: a brief is submitted`, async () => {
		page = await signIn(context);
		await page.goto(`${origin}/projects/new`);
		await page.locator("#f-name").fill("Tool library");
		await page.locator("#f-brief").fill(brief);
		await page.getByRole("button", { name: "Start project" }).click();
		await page.waitForURL(/\/runs\/\d+$/);
		run = Number(page.url().split("/").pop());
	});
	await step(`${mode}: the Analyst's stories are read, and changed on request`, async () => {
		const seen = await decide(scripts, "changes", wish, "analyst");
		ok(/given/i.test(seen) && /when/i.test(seen), "criteria are on the page that asks");
	});
	await step(`${mode}: the new revision shows what changed, and is approved`, async () => {
		const seen = await decide(scripts, "approve", "", "analyst");
		ok(seen.includes("Changes since revision 1"), "a diff is shown");
		ok(seen.includes("due date"), "it answers the comment");
	});
	await step(`${mode}: the design is approved`, async () => {
		await decide(scripts, "approve", "Go on.", "architect");
	});
	await step(`${mode}: the tests were executed, and are approved`, async () => {
		const seen = await decide(scripts, "approve", "", "tester");
		const [, passed] = seen.match(/(\d+) passed/) || [];
		ok(Number(passed) >= 10 && !/\d failed/.test(seen), `executed: ${passed}`);
	});
	await step(`${mode}: the run is done, and what it made runs its own tests`, async () => {
		await eventually("the end", async () => {
			await page.reload();
			return (await text()).includes("All stages are done");
		}, 60);
		await page.screenshot({ path: `${shots}/real-${scripts ? "js" : "nojs"}.png`, fullPage: true });
		if (scripts)
			await readme();
		const [zip] = await Promise.all([page.waitForEvent("download"), page.locator("#zip").click()]);
		const folder = mkdtempSync(`${tmpdir()}/botarmy-real-`);
		execFileSync("unzip", ["-q", await zip.path(), "-d", folder]);
		const top = execFileSync("ls", [folder], { encoding: "utf8" }).trim();
		execFileSync("python3", ["-m", "unittest", "discover", "-s", "tests"], { cwd: `${folder}/${top}`, stdio: "pipe", timeout: 120000 });
		execFileSync("rm", ["-rf", folder]);
	});
	await context.close();
}
await end();
