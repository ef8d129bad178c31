// SPDX-License-Identifier: MIT
// Ten thousand of everything (and as many tokens as one may have): pages stay as small as with ten, can
// be leafed through, and hold what all others hold. Sizes are counted, not times: gzip -6 of the page, and
// of what it loads.
import { gzipSync } from "node:zlib";
import { accessible, framed, large, narrow, valid } from "./checks.js";
import { check, end, equal, ok, origin, person, play, shots, sql } from "./browser.js";

const rows = 10000, limit = 60 * 1024;
sql(`do $$
declare
	me uuid := play.runner();
	text text := play.document('analyst', 1, null);
	c record;
	l integer[];
begin
	perform play.submit('ana', format('Project %s of very many, named at some length', i), 5) from generate_series(1, ${rows}) i;
	loop
		select array_agg(run_id) as runs, array_agg(branch) as branches, array_agg(epoch) as epochs into c from stage_claim(me, 1000, 1000);
		exit when c.runs is null;
		l := array[cardinality(c.runs)];
		perform stage_advance(me, c.runs, c.branches, c.epochs, array_fill('pass'::text, l),
			array_fill(sha256(convert_to(text, 'UTF8')), l), array_fill('{}'::text, l), array_fill(text, l),
			array_fill('fallback'::text, l), array_fill('builtin-1'::text, l), array_fill('[]'::jsonb, l),
			array_fill(null::jsonb, l), array_fill(null::text, l), array_fill(null::jsonb, l), false);
	end loop;
end $$`);
const run = play.submit("The long one", 500);
play.go(run);
for (const comment of ["", ""]) {
	play.decide(run, "approve", comment);
	play.go(run, 3);
}
sql(`insert into dead_letter (run_id, branch, node, attempts, problem)
		select run_id, 0, 'analyst', 5, 'The answer was not valid JSON: /stories/3/criteria is missing' from run order by run_id limit ${rows};
	insert into log (at, run_id, stage, agent, level, text)
		select now() - i * interval '1 s', ${run}, 'architect', 'x', 'info', 'called model-1 in ' || i || ' ms' from generate_series(1, ${rows}) i;
	insert into message (run_id, account_id, recipient, body)
		select ${run}, account_id, 'architect', 'Message ' || i || ': keep it **small**, please.' from account, generate_series(1, ${rows}) i
		where name = 'ana';
	insert into message_delivery (message_id, agent, run_id, run_at) select message_id, 'architect', ${run}, now() from message;
	select count(event_append(array[${run}], array['message'], array['{}'::jsonb])) from generate_series(1, ${rows});
	insert into account (name, role) select 'person ' || i, 'viewer' from generate_series(1, ${rows}) i;
	insert into budget (kind, key, cap_usd) select '3-account', account_id, 5 from account on conflict do nothing;
	insert into api_token (account_id, name, token_hash)
		select account_id, 'Job ' || i, sha256(convert_to('job' || i, 'UTF8')) from account, generate_series(1, 99) i where name = 'ana';
	insert into session (token_hash, account_id, expires_at)
		select sha256(convert_to('seat' || i, 'UTF8')), account_id, now() + interval '1 day' from account, generate_series(1, ${rows}) i where name = 'ana'`);
sql("set client_min_messages = error; analyze");

const page = await person("ana");
const project = sql(`select project_id from run where run_id = ${run}`), gate = play.gate(run);
const packed = (body) => gzipSync(body, { level: 6 }).length;

async function look(name, path) {
	await check(`${name}: small, accessible, valid, not too wide`, async () => {
		await page.setViewportSize({ width: 1280, height: 800 });
		const answer = await page.goto(origin + path);
		equal(answer.status(), 200, "status");
		const html = await answer.body(), bad = [];
		await page.screenshot({ path: `${shots}/many-${name}.png` });
		if (packed(html) > limit)
			bad.push(`${packed(html)} bytes, ${html.length} before gzip`);
		if (html.length < 2 * 1024 * 1024)
			bad.push(...await valid(html.toString()), ...await accessible(page), ...await large(page), ...await framed(page, answer.headers()));
		await page.setViewportSize({ width: 320, height: 640 });
		bad.push(...await narrow(page));
		ok(!bad.length, bad.slice(0, 8).join("\n"));
	});
}

for (const [name, path] of [
	["home", "/"], ["projects", "/projects"], ["projects-found", "/projects?q=9"], ["project", `/projects/${project}`],
	["run", `/runs/${run}`], ["messages", `/runs/${run}/messages`], ["log", `/runs/${run}/log`], ["tests", `/runs/${run}/tests`],
	["stage", `/runs/${run}/stages/developer`], ["gate", `/gates/${gate}`], ["inbox", "/inbox"], ["dead-letters", "/dead-letters"],
	["inbox-others", "/inbox?list=others"], ["accounts", "/accounts"], ["accounts-found", "/accounts?q=9"],
	["members", `/projects/${project}/members`], ["record", `/runs/${run}/record`], ["dead-letters-all", "/dead-letters?all=1"],
	["budgets", "/budgets"], ["settings", "/settings"],
])
	await look(name, path);

await check("from the newest project one comes to the oldest, each seen once", async () => {
	const seen = new Set();
	let path = "/projects?limit=100";
	for (let i = 0; path; i++) {
		ok(i <= rows / 100 + 1, "there is no end");
		const html = await (await page.context().request.get(origin + path)).text();
		for (const [, id] of html.matchAll(/class="row-title" href="\/projects\/(\d+)"/g)) {
			ok(!seen.has(id), `project ${id} twice`);
			seen.add(id);
		}
		path = html.match(/rel="next" href="([^"]+)"/)?.[1].replaceAll("&amp;", "&");
	}
	equal(seen.size, rows + 1, "projects");
});

await check(`a run's page with all that it loads is at most ${limit / 1024} KB compressed`, async () => {
	const sizes = new Map();
	const context = page.context(), fresh = await context.newPage();
	const noted = async (response) => {
		if (response.status() === 200 && !/fragment=|\/events\//.test(response.url()))
			sizes.set(response.url().replace(origin, ""), packed(await response.body()));
	};
	const reading = [];
	fresh.on("response", (response) => reading.push(noted(response)));
	await fresh.goto(`${origin}/runs/${run}`, { waitUntil: "load" });
	await new Promise((done) => setTimeout(done, 1000)); // what scripts bring by themselves
	await Promise.all(reading);
	await fresh.close();
	const all = [...sizes.values()].reduce((a, b) => a + b, 0);
	console.log(`# ${all} bytes: ${[...sizes].map(([url, size]) => `${url} ${size}`).join(", ")}`);
	ok([...sizes.keys()].some((url) => url.includes(".css")) && [...sizes.keys()].some((url) => url.includes(".js")), "it loads what it needs");
	ok(all <= limit, `${all} bytes`);
});
await end();
