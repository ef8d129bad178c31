// SPDX-License-Identifier: MIT
// Which combinations are tried. Short: all pairs of values, among them each row of a table with each of
// its people, with and without scripts, on each screen, in each colour. BOTARMY_LONG: all combinations.
const screens = [1280, 360], themes = ["light", "dark"];
const names = ["by", "scripts", "width", "theme"];
export const long = Boolean(process.env.BOTARMY_LONG);

function all(people) {
	return people.flatMap((by) => [true, false].flatMap((scripts) =>
		screens.flatMap((width) => themes.map((theme) => ({ by, scripts, width, theme })))));
}

// Yields [row, combination]; people(row) says who does or looks at it.
export function* pairs(rows, people) {
	const met = new Set();
	const common = (c) => names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a}=${c[a]} ${b}=${c[b]}`));
	let turn = 0;
	for (const row of rows) {
		// Of what is worth the same another is first each time.
		const order = all(people(row)), first = (turn += 3) % order.length;
		const choices = [...order.slice(first), ...order.slice(0, first)];
		if (long) {
			for (const one of choices)
				yield [row, one];
			continue;
		}
		const wanted = new Set(choices.flatMap((c) => names.map((n) => `${n}=${c[n]}`)));
		const worth = (c) => 100 * names.filter((n) => wanted.has(`${n}=${c[n]}`)).length
			+ common(c).filter((pair) => !met.has(pair)).length;
		while (wanted.size) {
			const best = choices.reduce((a, b) => (worth(b) > worth(a) ? b : a));
			for (const n of names)
				wanted.delete(`${n}=${best[n]}`);
			for (const pair of common(best))
				met.add(pair);
			yield [row, best];
		}
	}
}

export const called = (c) => `${c.by ?? "a stranger"}, ${c.scripts ? "" : "no "}script, ${c.width} px, ${c.theme}`;
