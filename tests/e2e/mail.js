// SPDX-License-Identifier: MIT
// From a mail to the decision and to its record, in a browser: the letter as people see it, the link that asks to
// sign in and leads back, the page on which one decides, what it says when it is too late, and the record.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { accessible, valid } from "./checks.js";
import { check, end, equal, eventually, ok, origin, play, shots, sql, visitor } from "./browser.js";

const { top_srcdir, top_builddir, MAIL_DATABASE_URL } = process.env;
const password = "correct horse battery";
execFileSync(`${top_builddir}/tests/web/account_main`, ["pat", "submitter", password]);
sql("update account set email = 'pat@example.org' where name = 'pat'");

// ---- a mail server, and what it was given ----
const box = mkdtempSync(`${tmpdir()}/botarmy-letters-`);
const server = spawn("python3", [`${top_srcdir}/tests/lib/smtp_server.py`, box], { stdio: "ignore" });
await eventually("the mail server listens", () => existsSync(`${box}/port`));

function post() {
	sql(`update mail_event set at = at - interval '1 hour'; update mail_note set created_at = created_at - interval '1 hour';
		update mail set created_at = created_at - interval '1 hour'`);
	execFileSync(`${top_builddir}/botarmy-mail`, ["--drain"], { stdio: "ignore", env: { PATH: process.env.PATH, MAIL_DATABASE_URL,
		BOTARMY_DATA_DIR: top_srcdir, BOTARMY_PUBLIC_URL: origin, BOTARMY_MAIL_FROM: "botarmy@example.org",
		BOTARMY_SMTP_TLS: "off", BOTARMY_SMTP_URL: `smtp://localhost:${readFileSync(`${box}/port`)}` } });
	const raw = readFileSync(`${box}/${readdirSync(box).filter((name) => name.endsWith(".eml")).sort().pop()}`, "latin1");
	const html = raw.split("Content-Type: text/html")[1].split("\r\n\r\n").slice(1).join("\r\n\r\n").split("\r\n--=_")[0];
	return Buffer.from(html.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
		"latin1").toString("utf8");
}

function submit(name) {
	const run = Number(sql(`select play.submit('pat', '${name}', 5)`));
	play.go(run);
	return run;
}
const linkOf = (letter) => letter.match(/href="([^"]*\/decide\/[^"]*)"/)[1];
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

async function picture(page, name, size) {
	await page.screenshot({ path: `${shots}/mail-${name}-${size.name}.png`, fullPage: true });
}

const sizes = [
	{ name: "light", scripts: true, colorScheme: "light", viewport: { width: 1280, height: 800 } },
	{ name: "phone-dark", scripts: false, colorScheme: "dark", viewport: { width: 360, height: 740 } },
	{ name: "dark", scripts: false, colorScheme: "dark", viewport: { width: 1280, height: 800 } },
	{ name: "phone", scripts: true, colorScheme: "light", viewport: { width: 360, height: 740 } },
];
// Rules are looked at with scripts alone: the looker is one.
const lawful = async (page, size) => {
	if (size.scripts)
		equal((await accessible(page)).join("\n"), "", "axe");
	ok(await fits(page), "wider than the screen");
	if (!page.url().startsWith("http"))
		return;
	const source = await (await page.context().request.get(page.url(), { headers: { Accept: "text/html" } })).text();
	equal((await valid(source)).join("\n"), "", "html");
};

for (const size of sizes) {
	const { name, ...options } = size;
	const context = await visitor(options);
	const page = await context.newPage();
	const run = submit(`Tool library ${name}`);
	const gate = play.gate(run);
	const letter = post();
	const url = linkOf(letter);
	const with_words = `${name}, ${size.scripts ? "with" : "without"} scripts`;

	await check(`the letter is legible (${with_words})`, async () => {
		await page.setContent(letter);
		await picture(page, "letter", size);
		ok(await page.getByText("Decide on the Analyst’s output").first().isVisible(), "what is asked is missing");
		await lawful(page, size);
	});
	await check(`its link asks to sign in, and leads back (${with_words})`, async () => {
		await page.goto(url);
		await picture(page, "sign-in", size);
		await lawful(page, size);
		await page.getByLabel("Name").fill("pat");
		await page.getByLabel("Password").fill(password);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.waitForURL(url);
	});
	await check(`shows what is to be decided (${with_words})`, async () => {
		ok(await page.getByText("Borrow a tool").first().isVisible(), "the document is missing");
		await picture(page, "decide", size);
		await lawful(page, size);
		equal(sql(`select count(*) from decision where gate_id = ${gate}`), "0", "decisions after looking");
	});
	await check(`a decision is taken there (${with_words})`, async () => {
		await page.getByLabel("Comment").fill("Good. <b>Go on</b>");
		await page.getByLabel("Approve").check();
		await page.getByRole("button", { name: "Submit decision" }).click();
		await page.waitForURL(`${origin}/runs/${run}`);
		equal(sql(`select kind || comment from decision where gate_id = ${gate}`), "approveGood. <b>Go on</b>", "the decision");
	});
	await check(`afterwards the link says that it is over (${with_words})`, async () => {
		await page.goto(url);
		ok(await page.locator("#decided").isVisible() && await page.locator("#decide-button").count() === 0, "there is still something to decide");
		await picture(page, "decided", size);
		await lawful(page, size);
	});
	await check(`the record has it, literally (${with_words})`, async () => {
		await page.goto(`${origin}/runs/${run}`);
		await page.getByRole("link", { name: "Decision record" }).click();
		await page.waitForURL(`${origin}/runs/${run}/record`);
		ok(await page.getByText("Good. <b>Go on</b>").isVisible(), "the comment is missing");
		ok(await page.getByText("Unbroken.").isVisible(), "the chain is not said to hold");
		await picture(page, "record", size);
		await lawful(page, size);
		await page.setViewportSize({ width: 320, height: 740 });
		ok(await fits(page), "wider than 320 px");
	});
	if (size.scripts) {
		await check(`the record is a file (${with_words})`, async () => {
			const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#record-file").click()]);
			const file = await download.path();
			ok(/: unbroken\n$/.test(execFileSync(`${top_builddir}/botarmy`, ["verify", file], { encoding: "utf8" })), "it does not prove itself");
		});
	}
	await context.close();
}

await check("a link of a revision that is gone leads to the gate", async () => {
	const context = await visitor();
	const page = await context.newPage();
	const run = submit("Stale");
	const url = linkOf(post());
	sql(`update gate set revision = 2 where gate_id = ${play.gate(run)}; update stage set revision = 2 where run_id = ${run} and node = 'analyst';
		insert into artifact (run_id, node, revision, sha256, body, document, provider, model)
		select run_id, node, 2, sha256('{}'), '{}', '# Two', provider, model from artifact where run_id = ${run}`);
	await page.goto(url);
	await page.getByLabel("Name").fill("pat");
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL(url);
	ok(await page.getByText("revision 2 is current").isVisible(), "it does not say so");
	await picture(page, "stale", { name: "light" });
	equal((await accessible(page)).join("\n"), "", "axe");
	await context.close();
});

server.kill();
rmSync(box, { recursive: true });
await end();
