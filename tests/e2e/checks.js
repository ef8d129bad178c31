// SPDX-License-Identifier: MIT
// What must hold of every page in every state. Each check returns its complaints, a line each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.top_builddir}/tests/e2e/`);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const { HtmlValidate } = require("html-validate");

const validator = new HtmlValidate({
	extends: ["html-validate:standard", "html-validate:a11y"],
	rules: { "no-inline-style": "error", "no-implicit-button-type": "off", "require-csp-nonce": "off", "require-sri": "off" },
});

// The source as it was sent, not what the browser made of it.
export async function valid(html) {
	const report = await validator.validateString(html);
	return report.results.flatMap((result) => result.messages).map((m) => {
		const line = html.split("\n")[m.line - 1] || "";
		return `html ${m.ruleId}: ${m.message}: ${line.slice(Math.max(0, m.column - 30), m.column + 60)}`;
	});
}

export async function accessible(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => globalThis.axe.run(document, {
		resultTypes: ["violations"],
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}));
	return found.violations.flatMap((v) => v.nodes.map((n) =>
		`axe ${v.id}: ${n.target} ${n.failureSummary.split("\n")[1] || ""}`));
}

// Nothing sticks out of the screen; what is wider by nature scrolls inside itself.
export async function narrow(page) {
	const [over, who] = await page.evaluate(() => {
		const edge = document.documentElement.clientWidth;
		const held = (e) => e && e !== document.body && (getComputedStyle(e).overflowX !== "visible" || held(e.parentElement));
		return [document.documentElement.scrollWidth - edge, [...document.body.querySelectorAll("*")]
			.filter((e) => e.getBoundingClientRect().right > edge + 0.5 && !held(e.parentElement))
			.map((e) => e.outerHTML.slice(0, 80))];
	});
	return over > 0 ? [`${over} px too wide: ${who.slice(0, 3).join(" ")}`] : [];
}

// WCAG 2.2, 2.5.8: 24 px, links in running text apart.
export async function large(page) {
	return page.evaluate(() =>
		[...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea")]
			.filter((e) => e.checkVisibility()
				&& !e.closest(".skip, .sr, p:not(.stage-title), .empty, .prose, .meta, .hint, .flash:not(ul)"))
			.map((e) => [e, (e.closest("label") || e).getBoundingClientRect()])
			.filter(([, r]) => r.width && (r.width < 24 || r.height < 24))
			.map(([e, r]) => `small: ${e.outerHTML.slice(0, 80)} ${Math.round(r.width)}x${Math.round(r.height)}`));
}

// One heading of the first level, one of each landmark, a title of the page's own, no policy that lets
// the inline in. A page that stands alone has a style of its own, whose hash the policy knows.
export async function framed(page, headers, alone) {
	const policy = headers["content-security-policy"] || "";
	const bad = await page.evaluate((alone) => {
		const count = (selector) => document.querySelectorAll(selector).length;
		const bad = [];
		if (count("h1") !== 1)
			bad.push(`${count("h1")} headings of the first level`);
		for (const mark of alone ? ["main"] : ["main", "body > header", "body > footer"])
			if (count(mark) !== 1)
				bad.push(`${count(mark)} of ${mark}`);
		if (!/^\S.* · BotArmy$/.test(document.title))
			bad.push(`the title is "${document.title}"`);
		bad.push(...[...document.querySelectorAll("*")].filter((e) => e.matches("[style]:not([style='']), script:not([src])")
			|| !alone && e.matches("style")
			|| [...e.attributes].some((a) => a.name.startsWith("on"))).map((e) => `inline: ${e.outerHTML.slice(0, 80)}`));
		return bad;
	}, alone);
	if (!/default-src 'none'/.test(policy) || /unsafe|\*|data:|https?:/.test(policy))
		bad.push(`policy: ${policy}`);
	return bad;
}

// Tab reaches whatever can be used, in the order of the source, which is that of reading; what has the
// focus shows it, and nothing lies over it.
export async function reachable(page) {
	const total = await page.evaluate(() => {
		const drawn = (e) => { const s = getComputedStyle(e); return `${s.outlineStyle} ${s.outlineWidth} ${s.boxShadow}`; };
		const first = (radio) => {
			const group = [...(radio.form || document).querySelectorAll(`input[type=radio][name="${radio.name}"]`)];
			return radio === (group.find((r) => r.checked) || group[0]);
		};
		document.body.tabIndex = -1;
		document.body.focus();
		document.body.removeAttribute("tabindex");
		window.scrollTo(0, 0);
		window.stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
			.filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true })
				&& (e.type !== "radio" || first(e)));
		window.plain = new Map(window.stops.map((e) => [e, drawn(e)]));
		window.stop = (last) => {
			const e = document.activeElement;
			if (!e || e === document.body)
				return null;
			const bad = [], name = e.outerHTML.slice(0, 90), style = getComputedStyle(e);
			const number = window.stops.indexOf(e);
			if (number < 0 && !/auto|scroll/.test(style.overflow))
				bad.push(`focus on what was not expected: ${name}`);
			if (number >= 0 && number !== last && number !== last + 1)
				bad.push(`out of order: ${name} is number ${number + 1} and came after ${last + 1}`);
			if (number !== last && !(style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) && drawn(e) === window.plain.get(e))
				bad.push(`no sign of focus: ${name}`);
			const shown = [...e.getClientRects()].find((r) => r.width && r.height);
			const seen = shown && [[.5, .5], [.1, .5], [.9, .5], [.5, .2], [.5, .8]].some(([x, y]) => {
				const top = document.elementFromPoint(shown.left + shown.width * x, shown.top + shown.height * y);
				return top && (e.contains(top) || top.contains(e) && !getComputedStyle(top).position.match(/fixed|sticky/)
					|| top.closest("label")?.contains(e));
			});
			if (!seen && !(shown.height > innerHeight))
				bad.push(`hidden behind something or off the screen: ${name}`);
			const before = last >= 0 && number >= 0 ? window.stops[last] : null;
			const scope = "header, nav, form, li, tr, .box-head, .head, .turn, .narrow";
			if (before && before.closest(scope) === e.closest(scope) && before.closest(scope)
				&& e.getBoundingClientRect().bottom <= before.getBoundingClientRect().top
				&& e.getBoundingClientRect().left < before.getBoundingClientRect().right)
				bad.push(`goes up: from ${before.outerHTML.slice(0, 60)} to ${name}`);
			return { number, bad };
		};
		return window.stops.length;
	});
	const bad = [], seen = new Set();
	let last = -1;
	// A date has a stop for each of its parts.
	for (let i = 0; i < total + 20; i++) {
		await page.keyboard.press("Tab");
		const at = await page.evaluate((n) => window.stop(n), last);
		if (!at || seen.has(at.number) && at.number !== last)
			break;
		bad.push(...at.bad);
		if (at.number >= 0) {
			seen.add(at.number);
			last = at.number;
		}
	}
	const missed = await page.evaluate((seen) => window.stops.filter((e, i) => !seen.includes(i))
		.map((e) => e.outerHTML.slice(0, 90)), [...seen]);
	return [...bad, ...missed.map((e) => `Tab does not reach ${e}`)];
}
