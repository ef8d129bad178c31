// SPDX-License-Identifier: MIT
// What the browser tests share: Debian's chromium, a page that notices every complaint, TAP, and the one
// who plays the runner. Settings come from session.sh by the environment.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { sql, sqlEnd } from "./database.js";

export { sql };
const { top_builddir, CHROMIUM = "/usr/bin/chromium-headless-shell" } = process.env;
export const origin = process.env.E2E_URL;
const require = createRequire(`${top_builddir}/tests/e2e/`);
const { chromium } = require("playwright-core");
export const shots = `${top_builddir}/screenshots`;
mkdirSync(shots, { recursive: true });

export const chance = (bytes) => randomBytes(bytes).toString("hex");

// ---- TAP ----
let count = 0, failed = 0;

export async function check(name, body) {
	count++;
	try {
		await body();
		console.log(`ok ${count} - ${name}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${count} - ${name}`);
		for (const line of String(error.stack || error).split("\n").slice(0, 14))
			console.log(`# ${line}`);
	}
}

// A step that makes no sense after one that failed: it fails at once instead of waiting in vain.
export async function step(name, body) {
	const before = failed;
	await check(name, before ? () => { throw new Error("an earlier step failed"); } : body);
}

export function equal(got, want, what = "value") {
	if (got !== want)
		throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

export function ok(truth, what) {
	if (!truth)
		throw new Error(what);
}

export async function eventually(what, test, seconds = 20) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		if (await test())
			return;
		if (Date.now() > end)
			throw new Error(`in vain for ${seconds} s: ${what}`);
		await new Promise((done) => setTimeout(done, 100));
	}
}

// ---- the runner's part ----
const quote = (text) => `'${String(text).replaceAll("'", "''")}'`;

export const play = {
	go: (run, failures = 0) => sql(`select play.go(${run}, ${failures})`),
	submit: (name, cap = "null", by = "ana") => Number(sql(`select play.submit(${quote(by)}, ${quote(name)}, ${cap})`)),
	gate: (run) => Number(sql(`select play.gate(${run})`)),
	decide: (run, kind, comment = "") => sql(`select gate_decide(g.gate_id, g.revision, ${quote(kind)}, ${quote(comment)},
		a.account_id) from gate g, account a where g.run_id = ${run} and g.state = 'open' and a.name = 'ana'`),
	park: (run, kind, detail, amount = "null") => sql(`select play.park(${run}, ${quote(kind)}, ${quote(detail)}, ${amount})`),
	seen: () => sql("select play.runner()"),
	database(open) {
		sqlEnd();
		execFileSync("psql", ["-qX", process.env.E2E_SUPERUSER,
			"-c", `alter database ${process.env.BOTARMY_TEST_DATABASE} allow_connections = ${open}`,
			"-c", `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${process.env.BOTARMY_TEST_DATABASE}'`,
		], { stdio: "ignore" });
	},
};

// ---- the browser ----
const flags = ["--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({
	executablePath: CHROMIUM, args: process.getuid() === 0 ? [...flags, "--no-sandbox"] : flags,
});

export const complaints = [];
// While nothing can answer, no page is blamed for saying so.
export const loss = { expected: false };

// The browser itself reports an answer of 4xx as an error; those that a test asks for are no complaint.
function watch(page) {
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !/the server responded with a status of 4/.test(message.text())
			&& !page.expectsLoss && !loss.expected)
			complaints.push(`${page.url()}: ${message.text()}`);
	});
	page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
}

// options as Playwright's newContext; scripts: false turns JavaScript off, "empty" takes away what ours do.
export async function visitor({ scripts = true, ...options } = {}) {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 800 }, acceptDownloads: true, javaScriptEnabled: scripts !== false, ...options,
	});
	context.setDefaultTimeout(15000);
	if (scripts === "empty")
		await context.route(/\/static\/.*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
	await context.addInitScript(() => {
		document.addEventListener("securitypolicyviolation", (event) => {
			console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
		});
	});
	context.on("page", watch);
	return context;
}

// A fresh one-time link; the database keeps only the token's hash.
export function link(name = "ana", kind = "sign_in") {
	const token = randomBytes(32).toString("base64url");
	sql(`insert into sign_in_link (token_hash, account_id, kind, expires_at)
		select sha256('${token}'), account_id, '${kind}', now() + interval '5 minutes' from account where name = ${quote(name)}`);
	return `${origin}/sign-in/${token}`;
}

export async function signIn(context, url = link()) {
	const page = await context.newPage();
	await page.goto(url);
	await page.locator("main form button").click();
	await page.waitForURL(`${origin}/`);
	return page;
}

// A page of somebody who has signed in before.
export async function enter(context, name) {
	const token = randomBytes(32).toString("base64url");
	sql(`insert into session (token_hash, account_id, expires_at) select sha256('${token}'), account_id, now() + interval '1 hour'
		from account where name = ${quote(name)}`);
	await context.addCookies([{ name: "botarmy", value: token, url: origin }]);
	return context.newPage();
}

// One browser for each person, with and without scripts; null is a stranger.
const people = new Map();
export async function person(name, scripts = true) {
	const key = `${name} ${scripts}`;
	if (!people.has(key)) {
		const context = await visitor({ scripts });
		people.set(key, name ? await enter(context, name) : await context.newPage());
	}
	return people.get(key);
}

export async function end() {
	await check("the browser had nothing to complain of: no error, no violation of the policy", () => {
		ok(complaints.length === 0, complaints.join("\n"));
	});
	console.log(`1..${count}`);
	await browser.close();
	process.exit(failed ? 1 : 0);
}
