// SPDX-License-Identifier: MIT
// What the server sends while a page is open. An event stream where there can be one; where there cannot, long polls;
// where those cannot be either, nothing, and the page asks from time to time. Each way is tried again later.
// A place in the numbered events is kept, so that nothing is missed in between.

const again = [1000, 2000, 5000, 15000, 30000];

// url: of the stream; poll: of long polls, or none. heard(message): something happened; text(message): a piece of a
// text; up(bool): whether anything would be heard.
export function listen({ url, poll, heard, text, up }) {
	let source = null, place = null, failures = 0, timer = 0, polling = null, stopped = true, opened = false;

	function at(address) {
		const full = new URL(address, location.href);
		full.searchParams.set("as", "message");
		if (place !== null)
			full.searchParams.set("after", place);
		return full;
	}

	function open() {
		timer = 0;
		source = new EventSource(at(url));
		source.onopen = () => {
			failures = 0;
			opened = true;
			polling?.abort();
			up(true);
		};
		source.onmessage = (event) => {
			if (event.lastEventId)
				place = event.lastEventId;
			const message = JSON.parse(event.data);
			(message.kind === "text" ? text : heard)(message);
		};
		source.onerror = () => {
			up(false);
			opened = false;
			// A connection that was cut is opened again by the browser; one that was refused is not.
			if (source.readyState === EventSource.CLOSED || ++failures > 3)
				later();
		};
	}

	function later() {
		source?.close();
		source = null;
		if (stopped || timer)
			return;
		timer = setTimeout(open, again[Math.min(failures++, again.length - 1)] * (0.75 + Math.random() / 2));
		if (poll && !polling)
			ask();
	}

	async function ask() {
		polling = new AbortController();
		try {
			while (!stopped && !opened) {
				const full = at(poll);
				full.searchParams.set("wait", "20");
				if (place === null)
					full.searchParams.set("after", "0");
				const answer = await fetch(full, { cache: "no-store", signal: polling.signal,
					headers: { Accept: "application/json" } });
				if (!answer.ok)
					break;
				const { events, last } = await answer.json();
				place = events.at(-1)?.seq ?? last;
				up(true);
				if (events.length)
					heard(events.at(-1));
			}
		} catch {
			// The stream is tried again anyway.
		}
		polling = null;
		if (!opened && !stopped)
			up(false);
	}

	return {
		start() {
			if (!stopped)
				return;
			stopped = false;
			failures = 0;
			open();
		},
		stop() {
			stopped = true;
			opened = false;
			clearTimeout(timer);
			timer = 0;
			source?.close();
			source = null;
			polling?.abort();
		},
	};
}
