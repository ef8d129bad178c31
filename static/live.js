// SPDX-License-Identifier: MIT
// Fetches the moving part of a page when the server says that something happened, or, while it cannot say so,
// again and again. Replaces only what has changed, so that focus, scroll and opened menus stay. Slows down while
// nothing changes or the server is away, rests while the tab is hidden, and stops when the server says that nothing
// will change any more.
//   data-live=URL          of the moving part (empty: this page's, with fragment=1); each piece that may change has a
//                          name in data-part
//   data-live-events=URL   of what happens (an event stream), data-live-poll=URL of the same as long polls
const { listen } = await import(`./stream.js${new URL(import.meta.url).search}`);
const { writing } = await import(`./writing.js${new URL(import.meta.url).search}`);

const slowest = 30000;
// What happens together is shown together.
const gather = 150, least = 700;

function parts(root) {
	return new Map([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
}

// An id finds the control again after its part was replaced.
function replace(old, fresh, polish) {
	const inside = old.contains(document.activeElement) ? document.activeElement : null;
	const open = [...old.querySelectorAll("details[open][id]")].map((d) => d.id);
	polish(fresh);
	old.replaceWith(fresh);
	for (const id of open)
		fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
	if (inside?.id)
		document.getElementById(inside.id)?.focus({ preventScroll: true });
}

// Something was typed, ticked or chosen here and not sent yet: that is never taken away.
function touched(part) {
	const at = document.activeElement;
	if (part.contains(at) && at.matches("textarea, select, input:not([type=checkbox], [type=radio])"))
		return true;
	return [...part.querySelectorAll("textarea, input, select")].some((field) => field.type === "hidden" ? false
		: field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
		: field.tagName === "SELECT" ? [...field.options].some((option) => option.selected !== option.defaultSelected)
		: field.value !== field.defaultValue);
}

// Says before a part that there is something new in it; `show` puts it there.
function offer(part, show) {
	let line = part.previousElementSibling;
	if (!line?.matches(".news")) {
		line = document.createElement("p");
		line.className = "flash news";
		line.setAttribute("role", "status");
		const button = document.createElement("button");
		button.className = "link";
		button.textContent = "Show it";
		line.append("Something has changed here. What you have begun would be lost. ", button);
		part.before(line);
	}
	line.querySelector("button").onclick = show;
}

// polish: what is done to a fresh part before it is shown.
export function liven(root, polish) {
	const url = new URL(root.dataset.live || location.href, location.href);
	url.searchParams.set("fragment", "1");
	url.hash = "";
	const pace = Number(root.dataset.every || 2) * 1000;
	const lost = document.getElementById("lost");
	const announce = document.getElementById("announce");
	const seen = new Map([...parts(root)].map(([name, part]) => [name, part.outerHTML]));
	const written = writing(root);
	let etag = null, wait = pace, failures = 0, timer = 0, busy = false;
	let told = false, asked = 0, finished = false, stirred = false;

	function put(name, text, part) {
		const old = parts(root).get(name);
		seen.set(name, text);
		if (old.previousElementSibling?.matches(".news"))
			old.previousElementSibling.remove();
		replace(old, document.adoptNode(part), polish);
		written.redraw();
	}

	function show(html) {
		const fresh = new DOMParser().parseFromString(html, "text/html");
		const here = parts(root);
		let changed = false;
		for (const [name, part] of parts(fresh)) {
			const text = part.outerHTML, old = here.get(name);
			if (seen.get(name) === text || !old)
				continue;
			changed = true;
			if (touched(old)) {
				offer(old, () => put(name, text, part));
				continue;
			}
			if (part.dataset.status && old.dataset.status !== part.dataset.status && announce)
				announce.textContent = part.dataset.status;
			put(name, text, part);
		}
		if (root.querySelector("[data-finished]"))
			return "finished";
		return changed ? "changed" : "same";
	}

	async function poll() {
		timer = 0;
		if (document.hidden || busy || finished)
			return;
		busy = true;
		stirred = false;
		asked = Date.now();
		let result = "same";
		try {
			const answer = await fetch(url, {
				headers: etag ? { "If-None-Match": etag } : {}, credentials: "same-origin",
				cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(10000),
			});
			if (answer.status === 200) {
				etag = answer.headers.get("ETag");
				result = show(await answer.text());
			} else if (answer.status !== 304) {
				if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 404)
					return location.reload();
				throw new Error(String(answer.status));
			}
			failures = 0;
			if (lost)
				lost.hidden = true;
		} catch {
			failures++;
			if (lost)
				lost.hidden = failures < 2;
			// A stream over the same way says nothing either, and may not know it.
			if (told) {
				told = false;
				stream.stop();
				stream.start();
			}
		}
		busy = false;
		finished = result === "finished";
		if (finished)
			return stream?.stop();
		if (failures)
			wait = Math.min(slowest, pace * 2 ** failures) * (0.75 + Math.random() / 2);
		else if (told)
			wait = slowest;
		else
			wait = result === "changed" ? pace : Math.min(wait * 1.1, pace * 5);
		timer = setTimeout(poll, wait);
		if (stirred)
			soon();
	}

	// At once, but what comes in a burst is one question.
	function soon() {
		stirred = true;
		if (busy)
			return;
		clearTimeout(timer);
		timer = setTimeout(poll, Math.max(gather, asked + least - Date.now()));
	}

	const stream = root.dataset.liveEvents && listen({
		url: root.dataset.liveEvents, poll: root.dataset.livePoll, heard: soon, text: written.add,
		// What happened before it could be heard, or why it cannot be, shows at once.
		up(now) {
			if (told !== now)
				soon();
			told = now;
		},
	});

	document.addEventListener("visibilitychange", () => {
		if (finished)
			return;
		if (document.hidden) {
			told = false;
			stream?.stop();
			return;
		}
		wait = pace;
		stream?.start();
		if (!busy) {
			clearTimeout(timer);
			timer = setTimeout(poll, 0);
		}
	});
	for (const event of ["offline", "online"])
		window.addEventListener(event, () => document.hidden || soon());
	if (!document.hidden)
		stream?.start();
	timer = setTimeout(poll, pace);
}
