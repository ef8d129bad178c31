// SPDX-License-Identifier: MIT
// Every deed of the table is done in the browser by each who may, and found in the database. Who may not
// is not offered it and is refused all the same; nor does it work without the form's token.
import { chance, check, end, enter, equal, eventually, ok, origin, person, sql, visitor } from "./browser.js";
import { deeds } from "./deeds.js";
import { called, pairs } from "./pairs.js";

// What the database says of it. With "wait" it may take a moment: a click is not yet its answer.
const says = (deed, world, by) => {
	const [statement, want] = deed.done(world, by);
	return [sql(statement), want];
};

const codes = new Map();
async function code(page, by) {
	if (!codes.has(by)) {
		const html = await (await page.context().request.get(`${origin}/settings`)).text();
		codes.set(by, html.match(/name="_csrf" value="([0-9a-f]+)"/)[1]);
	}
	return codes.get(by);
}
const send = (page, [path, form]) => page.context().request.post(origin + path, { form, maxRedirects: 0, headers: { Origin: origin } });

// An account like that of `by`, in a browser of its own.
async function double(by, scripts) {
	const name = `${by}-${chance(4)}`;
	sql(`insert into account (name, role) select '${name}', role from account where name = '${by}'`);
	const context = await visitor({ scripts });
	return [await enter(context, name), name];
}

// BOTARMY_DEEDS=word: only those whose names have it.
const chosen = deeds.filter((d) => d.name.includes(process.env.BOTARMY_DEEDS || ""));
for (const [deed, one] of pairs(chosen, (d) => d.may))
	await check(`${deed.name} (${called(one)})`, async () => {
		const [page, by] = deed.alone ? await double(one.by, one.scripts) : [await person(one.by, one.scripts), one.by];
		await page.emulateMedia({ colorScheme: one.theme });
		await page.setViewportSize({ width: one.width, height: 740 });
		const world = deed.make(by);
		await page.goto(origin + deed.at(world));
		if (deed.control)
			ok(await page.locator(deed.control).count(), "it is offered");
		await deed.act(page, world);
		await eventually("what the database should say", () => { const [got, want] = says(deed, world, by); return got === want; }, 8)
			.catch(() => { const [got, want] = says(deed, world, by); equal(got, want, "the database"); });
		await page.waitForLoadState();
		equal(await page.locator(".error-status").count(), 0, "pages of errors");
		if (deed.alone)
			await page.context().close();
	});

for (const deed of chosen) {
	for (const by of deed.not)
		await check(`${deed.name}: ${by} is not offered it, and is refused`, async () => {
			const page = await person(by);
			const world = deed.make("cy");
			await page.goto(origin + deed.at(world));
			if (deed.control)
				equal(await page.locator(deed.control).count(), 0, "offers");
			const [path, fields] = deed.post(world);
			const answer = await send(page, [path, { _csrf: await code(page, by), ...fields }]);
			ok((deed.refused ? [deed.refused] : [403, 404]).includes(answer.status()), `status ${answer.status()}`);
			const [got, want] = says(deed, world, by);
			ok(got !== want, "it was done all the same");
		});
	if (deed.alone)
		continue;
	await check(`${deed.name}: a form without its token does nothing`, async () => {
		const page = await person(deed.may[0]);
		const world = deed.make("cy");
		equal((await send(page, deed.post(world))).status(), 403, "status");
		const [got, want] = says(deed, world, deed.may[0]);
		ok(got !== want, "it was done all the same");
	});
}
await end();
