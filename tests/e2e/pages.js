// SPDX-License-Identifier: MIT
// Every page in every state, seen by whom it concerns, with nothing to complain of. Argument: shown or refusals.
import { accessible, framed, large, narrow, reachable, valid } from "./checks.js";
import { check, end, equal, loss, ok, origin, person, shots } from "./browser.js";
import { called, long, pairs } from "./pairs.js";
import { chapters } from "./states.js";

// BOTARMY_PICTURES=1 leaves pictures of all in build/screenshots.
const pictures = long || process.env.BOTARMY_PICTURES;

// The same source but for the form's token and the times is not looked at twice.
const known = new Set();
async function validOnce(html) {
	const same = html.replace(/(name="_csrf" value=")[0-9a-f]+|\d\d:\d\d(:\d\d(\.\d+)?Z?)?/g, "$1");
	return known.has(same) ? [] : (known.add(same), valid(html));
}

// Without scripts means here that they are empty: the inspection itself is one, and needs a browser that runs it.
for (const chapter of chapters.filter((c) => Boolean(c.refusals) === (process.argv[2] === "refusals"))) {
	chapter.prepare?.();
	loss.expected = Boolean(chapter.loss);
	for (const [row, one] of pairs(chapter.rows(), (r) => r[2])) {
		const [name, path, , status = 200, act] = row;
		await check(`${name} (${called(one)}): accessible, valid, reachable, not too wide`, async () => {
			const page = await person(one.by, one.scripts ? true : "empty");
			await page.emulateMedia({ colorScheme: one.theme, reducedMotion: "reduce" });
			await page.setViewportSize({ width: one.width, height: one.width < 500 ? 740 : 800 });
			let answer;
			const shown = (response) => {
				if (response.request().isNavigationRequest() && (response.status() < 300 || response.status() >= 400))
					answer = response;
			};
			page.on("response", shown);
			await (act ? act(page) : page.goto(origin + path));
			await page.waitForLoadState();
			page.off("response", shown);
			equal(answer.status(), status, "status");
			const bad = [...await validOnce(await answer.text()), ...await accessible(page), ...await large(page),
				...await narrow(page), ...await framed(page, answer.headers(), chapter.alone)];
			if (one.scripts || long)
				bad.push(...await reachable(page));
			if (pictures)
				await page.screenshot({ path: `${shots}/${name}-${one.width}-${one.theme}.png`, fullPage: true });
			if (one.width < 500) {
				await page.setViewportSize({ width: 320, height: 640 });
				bad.push(...await narrow(page));
			}
			ok(!bad.length, [...new Set(bad)].slice(0, 12).join("\n"));
		});
	}
	chapter.finish?.();
}
await end();
