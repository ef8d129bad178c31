// SPDX-License-Identifier: MIT
// Whatever people write is kept exactly and shown literally, on every page where it comes up: no markup
// of theirs, nothing run, nothing turned around beside it, nothing wider than a phone.
import { readFileSync } from "node:fs";
import { check, complaints, end, equal, ok, origin, person, play, sql } from "./browser.js";
import { narrow, valid } from "./checks.js";
import { long } from "./pairs.js";

const corpus = JSON.parse(readFileSync(new URL("../fixtures/hostile_strings.json", import.meta.url), "utf8"));
const page = await person("ana"), stranger = await person(null);
page.on("dialog", (dialog) => { complaints.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
await page.setViewportSize({ width: 360, height: 740 });

const hex = (text) => Buffer.from(text, "utf8").toString("hex");
// As the database has it: one value, byte for byte.
const kept = (statement, text) => equal(sql(`select encode(convert_to(x, 'UTF8'), 'hex') from (${statement}) t (x)`), hex(text), "kept");
const csrf = (await (await page.context().request.get(`${origin}/settings`)).text()).match(/name="_csrf" value="([0-9a-f]+)"/)[1];
const post = (path, form) => page.context().request.post(origin + path, {
	form: { _csrf: csrf, ...form }, maxRedirects: 0, headers: { Origin: origin } });

// What a page made of a text may hold: nothing that runs, loads or leads away by itself.
const tame = () => {
	const bad = [];
	for (const e of document.querySelectorAll("main *")) {
		if (e.matches("script, iframe, object, embed, img, style, link, meta, base, main form main, audio, video"))
			bad.push(`an element: ${e.outerHTML.slice(0, 90)}`);
		for (const { name, value } of e.attributes)
			if (name.startsWith("on") || /^(href|src|action|formaction)$/.test(name) && /^\s*(javascript|data|vbscript):/i.test(value))
				bad.push(`${name}=${value.slice(0, 60)}`);
	}
	// A number beside a text stays readable, whichever way the text runs.
	const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
	for (let node; (node = walker.nextNode());) {
		const at = /#\d{1,9}\b/.exec(node.data);
		if (!at || !node.parentElement.checkVisibility() || node.parentElement.closest(".sr, .prose, bdi, blockquote"))
			continue;
		const [first, last] = [0, at[0].length - 1].map((i) => {
			const range = document.createRange();
			range.setStart(node, at.index + i);
			range.setEnd(node, at.index + i + 1);
			return range.getBoundingClientRect();
		});
		if (first.width && first.left > last.left && first.top >= last.top)
			bad.push(`turned around: ${node.data.trim().slice(0, 40)} in ${node.parentElement.outerHTML.slice(0, 60)}`);
	}
	return bad;
};

// Goes there and looks; texts are [selector, text]: some element of the kind has exactly this text.
async function look(path, ...texts) {
	const answer = path ? await page.goto(origin + path) : await page.reload();
	const bad = [...await valid(await answer.text()), ...await narrow(page), ...await page.evaluate(tame)];
	for (const [selector, text] of texts) {
		const found = await page.locator(selector).evaluateAll((all) => all.map((e) => e.value ?? e.textContent));
		if (!found.some((one) => one === text || one.startsWith(`${text} #`)))
			bad.push(`not shown in ${selector} of ${path}: ${JSON.stringify(text)} but ${JSON.stringify(found).slice(0, 200)}`);
	}
	ok(!bad.length, bad.slice(0, 6).join("\n"));
}

// Typed where a name or an address belongs: the page that refuses it has it in the field, as it was typed.
async function typed(path, fields, button) {
	await page.goto(origin + path);
	// A field that has enough takes no more.
	for (const [field, text] of Object.entries(fields)) {
		await page.locator(`#${field}`).fill(text);
		fields[field] = await page.locator(`#${field}`).inputValue();
		ok(text.startsWith(fields[field]) && fields[field], `${field} takes what is typed`);
	}
	await page.evaluate(() => document.querySelectorAll("main form").forEach((form) => { form.noValidate = true; }));
	const [answer] = await Promise.all([
		page.waitForResponse((response) => response.request().method() === "POST"), page.locator(button).click()]);
	await page.waitForLoadState();
	const bad = [...await narrow(page), ...await page.evaluate(tame)];
	equal(answer.status(), 422, `${path} with ${JSON.stringify(fields).slice(0, 80)}: status`);
	ok(await page.locator(".field-error").count(), "it is said at the field");
	for (const [field, text] of Object.entries(fields))
		equal(await page.locator(`#${field}`).inputValue(), text, `what was typed in ${field}`);
	bad.push(...await valid(await answer.text()));
	ok(!bad.length, bad.slice(0, 6).join("\n"));
}

const tokens = [];
const texts = [...corpus.line.map((s) => ["line", s]), ...corpus.lines.map((s) => ["lines", s])];
// Short: each text as a project's and in one other place, by turns. BOTARMY_LONG: everywhere.
for (const [turn, [kind, { what, text, markdown }]] of texts.entries()) {
	const here = (place) => long || turn % 3 === place;
	const line = kind === "line", title = line ? text : `Lines: ${what}`;
	let run;
	await check(`${what}: as a project's name and brief`, async () => {
		await page.goto(`${origin}/projects/new`);
		await page.locator("#f-name").fill(title);
		await page.locator("#f-brief").fill(text);
		await page.getByRole("button", { name: "Start project" }).click();
		await page.waitForURL(/\/runs\/\d+$/);
		run = Number(page.url().split("/").pop());
		kept(`select name from project join run using (project_id) where run_id = ${run}`, title);
		kept(`select brief from project join run using (project_id) where run_id = ${run}`, text);
		await look(`/runs/${run}`, ["h1", title]);
		const project = sql(`select project_id from run where run_id = ${run}`);
		await look(`/projects/${project}`, ["h1", title], ...(line && !markdown && !/www|http|&|\\|<|`|^=|-- /.test(text) ? [[".prose p", text]] : []));
	});
	if (here(0)) await check(`${what}: as what a decision says`, async () => {
		play.go(run);
		const gate = play.gate(run);
		await page.goto(`${origin}/gates/${gate}`);
		await page.locator("#comment").fill(text);
		await page.locator("input[name=kind][value=changes]").check();
		await page.locator("#decide-button").click();
		await page.waitForURL(/\/runs\/\d+$/);
		kept(`select comment from decision where gate_id = ${gate}`, text);
		kept(`select feedback ->> 'comment' from stage where run_id = ${run} and node = 'analyst'`, text);
		await look(`/gates/${gate}`, ["blockquote", text]);
		play.go(run);
		await look(`/gates/${play.gate(run)}`, [".history blockquote", text]);
	});
	if (here(1)) await check(`${what}: as a message and as advice`, async () => {
		if (!here(0))
			play.go(run);
		equal((await post(`/runs/${run}/messages`, { text: `@architect ${text}` })).status(), 303, "status");
		kept(`select body from message where run_id = ${run}`, text.replace(/^[ \t\n:,]+/, ""));
		await look(`/runs/${run}/messages`);
		equal((await post(`/runs/${run}/stages/analyst/retry`, { comment: text })).status(), 303, "status");
		kept(`select feedback ->> 'comment' from stage where run_id = ${run} and node = 'analyst'`, text);
		await look(`/runs/${run}/stages/analyst`);
	});
	if (here(2)) await check(`${what}: as a word with what is given away, and as who it is given to`, async () => {
		play.go(run);
		const gate = play.gate(run);
		equal((await post(`/gates/${gate}/give`, { to: "dy", word: text })).status(), text.length > 2000 ? 422 : 303, "status");
		if (text.length > 2000)
			return;
		kept(`select given_word from gate where gate_id = ${gate}`, text);
		await look(`/gates/${gate}`);
		await look("/inbox?list=others");
		if (line)
			await typed(`/gates/${gate}/give`, { to: text }, "main form button");
	});
	if (line && here(0)) await check(`${what}: as the name and the address of an account`, async () => {
		await typed("/accounts", { name: text, email: text }, "#make");
		await typed("/settings", { email: text }, "#save");
		await typed(`/projects/${sql(`select project_id from run where run_id = ${run}`)}/members`, { name: text }, "#share");
		await typed("/inbox/away", { from: "2031-05-01", until: "2031-05-04", stand_in: text }, "main form button");
		await look(`/accounts?q=${encodeURIComponent(text)}`, ...(text.length <= 64 ? [["#q", text]] : []));
	});
	if (!line || !here(2))
		continue;
	await check(`${what}: as what is searched for, mistaken, and called`, async () => {
		await look(`/projects?q=${encodeURIComponent(text)}`, ["#q", text], [".row-title", text]);
		if (text.length <= 90)
			tokens.push(text);
		equal((await post("/settings/tokens", { name: text.slice(0, 90), read: "true" })).status(), text.length > 90 && /[\ud800-\udbff]$/.test(text.slice(0, 90)) ? 400 : 200, "status");
		const refused = await post("/budgets", { kind: "project", name: text.slice(0, 60).replace(/[\ud800-\udbff]$/, ""), cap_usd: "x" });
		ok([404, 422].includes(refused.status()), `a budget of it: ${refused.status()}`);
		equal((await valid(await refused.text())).join("\n"), "", "the refusal");
		const login = await stranger.context().request.get(`${origin}/sign-in?next=${encodeURIComponent(`/${text}`)}`);
		equal((await valid(await login.text())).join("\n"), "", "the way to sign in");
		for (const level of ["stage", "level", "before"]) {
			const log = await page.context().request.get(`${origin}/runs/${run}/log?${level}=${encodeURIComponent(text)}`);
			ok([200, 404, 422].includes(log.status()), `${level} of a log: ${log.status()}`);
			equal((await valid(await log.text())).join("\n"), "", `${level} of a log`);
		}
	});
}

await check("lists with all of them", async () => {
	const names = corpus.line.map((s) => s.text);
	await look("/projects", ...names.slice(-12).map((text) => [".row-title", text]));
	await look("/");
	await look("/settings", ...tokens.map((text) => [".row-title", text]));
	await look("/budgets");
	await look("/dead-letters");
});

await check("what is no text, or has a control character, is refused in words and kept nowhere", async () => {
	const form = (bytes) => Buffer.concat([Buffer.from(`_csrf=${csrf}&brief=B&workflow=sdlc&stack=python-stdlib&name=`),
		Buffer.from([...bytes].map((b) => `%${b.toString(16).padStart(2, "0")}`).join(""))]);
	const before = sql("select count(*) from project");
	for (const { what, hex: bytes } of corpus.bad)
		for (const path of ["/projects", "/api/v1/projects"]) {
			const answer = await page.context().request.post(origin + path, {
				data: form(Buffer.from(bytes, "hex")), headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: origin } });
			ok([400, 415, 422].includes(answer.status()), `${what}: ${answer.status()}`);
			ok(!(await answer.headers())["set-cookie"]?.includes("a=b"), `${what}: a header came of it`);
		}
	for (const body of ["{\"name\": \"\\ud800\", \"brief\": \"B\"}", "{\"name\": \"a\\u0000b\", \"brief\": \"B\"}"]) {
		const answer = await page.context().request.post(`${origin}/api/v1/projects`, {
			data: Buffer.from(body), headers: { "Content-Type": "application/json", Origin: origin, "X-CSRF-Token": csrf } });
		ok([400, 403, 422].includes(answer.status()), `${body}: ${answer.status()}`);
	}
	equal(sql("select count(*) from project"), before, "projects");
});
await end();
