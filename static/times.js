// SPDX-License-Identifier: MIT
// The server writes absolute UTC times; here they become "3 minutes ago", with the local time as a title.
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];

// Of what is to come, too: "in 5 minutes".
function ago(seconds) {
	for (const [unit, size] of steps)
		if (Math.abs(seconds) >= size)
			return relative.format(-Math.trunc(seconds / size), unit);
	return seconds < -10 ? "in a moment" : "just now";
}

function span(seconds) {
	const h = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60, s = seconds % 60;
	return h ? `${h} h ${m} min` : m ? `${m} min ${s} s` : `${s} s`;
}

function put(element, text) {
	if (element.textContent !== text)
		element.textContent = text;
}

export function times(root) {
	const now = Date.now();
	for (const time of root.querySelectorAll("time[datetime]")) {
		const at = Date.parse(time.dateTime);
		if (Number.isNaN(at) || now - at > 30 * 86400e3)
			continue;
		time.title = new Date(at).toLocaleString();
		put(time, ago(Math.floor((now - at) / 1000)));
	}
	for (const running of root.querySelectorAll("[data-since]"))
		put(running, span(Math.max(0, Math.floor((now - Date.parse(running.dataset.since)) / 1000))));
}
