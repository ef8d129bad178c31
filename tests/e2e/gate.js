// SPDX-License-Identifier: MIT
// The gate's page by itself: comments on lines, words on items, editing, comparing, keys; each with and
// without scripts, and pictures of it in light and dark, wide and on a phone.
import { execFileSync } from "node:child_process";
import { check, end, equal, eventually, link, ok, origin, play, shots, signIn, sql, visitor } from "./browser.js";
import { accessible, large, narrow, reachable, valid } from "./checks.js";

const { DATABASE_URL, top_srcdir } = process.env;
execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", DATABASE_URL, "-f", `${top_srcdir}/tests/web/reviews.sql`]);
// What people may type, to be shown literally and kept exactly.
const hostile = `<script>alert(1)</script> & "quotes" 'n' {{mustache}} {{{raw}}} \${x} %00 %0d%0a ../../x\n`
	+ "\t- [x](javascript:alert(1)) `code` \u202etfel\u202c \u200b e\u0301 \u{1f469}\u200d\u{1f680} '; drop table review; --";

function gateOf(run) {
	return play.gate(run);
}

async function fresh(page, name) {
	const run = play.submit(name);
	play.go(run);
	await page.goto(`${origin}/gates/${gateOf(run)}`);
	return run;
}

async function writes(page, scripts) {
	const how = scripts ? "with scripts" : "without scripts";
	const run = await fresh(page, `Lines ${how}`);
	await check(`a comment is written on a line, ${how}`, async () => {
		await page.getByRole("link", { name: /^Lines, to comment/ }).click();
		await page.locator("a[data-line='3']").click();
		if (scripts)
			await page.locator("a[data-line='5']").click({ modifiers: ["Shift"] });
		else
			await page.locator("#say-end").fill("5");
		await page.locator("#say-text").fill(hostile);
		await page.locator("#say-button").click();
		await page.locator(".said-draft").waitFor();
		equal(sql(`select body from review_comment where run_id = ${run}`), hostile, "kept");
		equal(sql(`select line || '-' || line_end from review_comment where run_id = ${run}`), "3-5", "lines");
	});
	await check(`it is shown literally, ${how}`, async () => {
		equal(await page.locator(".said-draft > .said-text").textContent(), hostile, "text");
	});
	await check(`items get words, ${how}`, async () => {
		const third = page.locator(".item").nth(2);
		await third.getByRole("radio", { name: "Again" }).check();
		await third.locator(".item-word").fill(hostile.replaceAll("\n", " ").replaceAll("\t", " "));
		await page.locator(".item").first().getByRole("radio", { name: "Approve" }).check();
		if (!scripts)
			await page.locator("#items-button").click();
		await eventually("the words are kept", () => sql(`select count(*) from item_verdict where run_id = ${run}
			and (item = 'S1' and verdict = 'approve' or item = 'S3' and verdict = 'reject' and comment like '%drop table%')`) === "2");
		await page.reload();
		equal(await page.locator(".item").nth(2).locator(".item-word").inputValue(),
			hostile.replaceAll("\n", " ").replaceAll("\t", " "), "the word");
	});
	await check(`all is sent with one decision, ${how}`, async () => {
		await page.locator("#decide input[value=changes]").check();
		await page.locator("#comment").fill(hostile);
		await page.locator("#decide-button").click();
		await page.waitForURL(`${origin}/runs/${run}`);
		equal(sql(`select comment from decision d join gate using (gate_id) where run_id = ${run}`), hostile, "the comment");
		play.go(run);
		await page.goto(`${origin}/gates/${gateOf(run)}`);
		ok((await page.locator(".answer").first().textContent()).includes("drop table"), "no answer");
		await page.locator(".remark").first().getByRole("button", { name: "Resolve" }).click();
		await page.locator(".said-settled").waitFor({ state: "attached" });
	});
	await check(`a story is edited in place, ${how}`, async () => {
		await page.locator(".item").nth(3).getByRole("link", { name: "Edit" }).click();
		await page.getByLabel("Points").fill("many");
		await page.getByLabel("Want").fill(hostile);
		await page.locator("#edit-button").click();
		ok(await page.locator(".field.bad").count() === 1, "no field is marked");
		equal(await page.getByLabel("Want").inputValue(), hostile, "what was typed");
		await page.getByLabel("Points").fill("5");
		await page.locator("#edit-button").click();
		await page.getByText("edited by ana").waitFor();
		equal(sql(`select a.body::json #>> '{stories,3,want}' from gate g join artifact a using (artifact_id)
			where g.run_id = ${run} and g.state = 'open'`), hostile, "kept");
	});
	return run;
}

for (const scripts of [true, false]) {
	const context = await visitor({ scripts });
	await writes(await signIn(context, link("ana")), scripts);
	await context.close();
}

const context = await visitor();
const page = await signIn(context);
await check("keys move and choose, and none decides", async () => {
	const run = await fresh(page, "Keys");
	await page.locator("#shortcuts-button").waitFor();
	await page.keyboard.press("j");
	ok(await page.evaluate(() => document.activeElement.matches("[data-stop]")), "j went nowhere");
	ok(await page.evaluate(() => document.activeElement.matches(".item")), "j did not reach an item");
	await page.keyboard.press("r");
	equal(await page.locator(".item [value=reject]:checked").count(), 1, "sent back");
	await page.keyboard.type("jakr?");
	ok((await page.locator(".item-word:focus").inputValue()).endsWith("jakr?"), "keys work while typing");
	await page.locator("h1").click();
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press("a");
	ok(await page.locator("#decide [value=approve]").isChecked(), "a chooses");
	ok(await page.evaluate(() => document.activeElement.id === "decide-button"), "a leads to the button");
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press("r");
	ok(await page.evaluate(() => document.activeElement.id === "comment"), "r leads to the comment");
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press("?");
	await page.locator("#shortcuts[open]").waitFor();
	equal((await accessible(page)).join("\n"), "", "complaints");
	await page.keyboard.press("Escape");
	equal(sql(`select count(*) from decision join gate using (gate_id) where run_id = ${run}`), "0", "decisions");
});
await check("who has turned them off has none", async () => {
	sql("update account set shortcuts = false where name = 'ana'");
	await page.reload();
	await page.keyboard.press("a");
	equal(await page.locator("#decide [value=approve]:checked").count(), 0, "chosen");
	equal(await page.locator("#shortcuts-button").count(), 0, "the button");
	sql("update account set shortcuts = true where name = 'ana'");
});

// A gate with all that it can have.
const full = play.submit("Tool library");
play.go(full);
const say = (gate, revision, account, text, line) => sql(`select comment_draft(${gate}, ${revision}, account_id, null, '', ${line}, ${line + 1},
	'As a **member** I want to borrow,' || chr(10) || 'so that it is there.', '${text}') from account where name = '${account}'`);
const send = (gate, revision, account, kind) => sql(`select count(*) from account a, review_send(${gate}, ${revision}, '${kind}', '', a.account_id, false)
	where a.name = '${account}'`);
say(gateOf(full), 1, "ana", "How many tools may a member have at once?", 12);
sql(`select items_mark(${gateOf(full)}, 1, account_id, '[{"list": "stories", "key": "id", "item": "S1", "verdict": "approve"},
	{"list": "stories", "key": "id", "item": "S4", "verdict": "reject", "comment": "Two things in one; part them."}]')
	from account where name = 'ana'`);
send(gateOf(full), 1, "ana", "changes");
play.go(full);
say(gateOf(full), 2, "bo", "Who counts as a member?", 5);
send(gateOf(full), 2, "bo", "comment");
say(gateOf(full), 2, "ana", "This contradicts story 1.", 21);
const gate = `${origin}/gates/${gateOf(full)}`;
const sights = [["gate-review", gate], ["gate-split", `${gate}?diff=split&against=mine`], ["gate-lines", `${gate}?view=lines&line=7#L7`],
	["gate-edit", `${gate}/edit?at=/stories/1`], ["gate-edit-texts", `${gate}/edit?at=`]];
for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 360], ["dark", 360], ["light", 320]]) {
	await page.emulateMedia({ colorScheme });
	await page.setViewportSize({ width, height: 800 });
	for (const [name, url] of sights) {
		await check(`${name} holds, ${colorScheme}, ${width} px`, async () => {
			const answer = await page.goto(url);
			await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png`, fullPage: true });
			const bad = [...await narrow(page), ...await large(page), ...await accessible(page)];
			if (width !== 320 && colorScheme === "light")
				bad.push(...await valid(await answer.text()), ...await reachable(page));
			equal(bad.join("\n"), "", "complaints");
		});
	}
}
await end();
