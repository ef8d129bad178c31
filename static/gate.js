// SPDX-License-Identifier: MIT
// The gate's page: keys that move and choose but never decide, lines that are commented on where they
// stand, words on items that are kept as they are given.
const visible = (e) => e.getClientRects().length > 0;
const typing = (e) => e.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function stops() {
	return [...document.querySelectorAll("[data-stop]")].filter(visible);
}

function move(step) {
	const all = stops(), now = document.activeElement?.closest("[data-stop]");
	let at = all.indexOf(now);
	if (at < 0)
		at = step > 0 ? -1 : all.length;
	const next = all[at + step];
	if (!next)
		return;
	if (!next.hasAttribute("tabindex"))
		next.tabIndex = -1;
	next.focus({ preventScroll: true });
	next.scrollIntoView({ block: "start" });
}

// Chooses and leads on; submitting is the person's.
function choose(kind) {
	const radio = document.querySelector(`#decide input[name=kind][value=${kind}]`);
	if (!radio || radio.disabled)
		return;
	radio.checked = true;
	const next = document.getElementById(kind === "approve" ? "decide-button" : "comment");
	next.scrollIntoView({ block: "center" });
	next.focus();
}

function word(item, value) {
	const radio = item.querySelector(`input[type=radio][value=${value}]`);
	if (!radio)
		return;
	radio.checked = true;
	radio.dispatchEvent(new Event("change", { bubbles: true }));
	if (value === "reject")
		item.querySelector(".item-word").focus();
}

function keys(help) {
	document.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || help.open || typing(e.target))
			return;
		const item = document.activeElement?.closest(".item");
		const act = {
			j: () => move(1),
			k: () => move(-1),
			a: () => item ? word(item, "approve") : choose("approve"),
			r: () => item ? word(item, "reject") : choose("changes"),
			"?": () => help.showModal(),
		}[e.key];
		if (!act)
			return;
		e.preventDefault();
		act();
	});
}

// Words on items are kept at once; the button stays for those that could not be.
function keepItems(form) {
	const status = document.getElementById("items-status");
	let last = Promise.resolve();
	async function keep() {
		status.textContent = "Saving…";
		try {
			const answer = await fetch(form.action, {
				method: "POST",
				headers: { Accept: "application/json" },
				body: new URLSearchParams(new FormData(form)),
			});
			if (!answer.ok)
				throw new Error((await answer.json()).detail);
			status.textContent = "Kept as a draft; it is sent with your review.";
		} catch (e) {
			status.textContent = `Not kept: ${e.message || "no connection"}. Use the button to try again.`;
		}
	}
	form.addEventListener("change", () => { last = last.then(keep); });
}

// Shift and a line's number make the comment reach from or to there.
function lines(table) {
	table.addEventListener("click", (e) => {
		const link = e.target.closest("a[data-line]"), from = document.getElementById("say-line");
		if (!link || !from || !e.shiftKey)
			return;
		e.preventDefault();
		const line = Number(link.dataset.line), end = document.getElementById("say-end");
		if (line < Number(from.value))
			from.value = line;
		else
			end.value = line;
		for (const row of table.querySelectorAll("tr[id]")) {
			const n = Number(row.id.slice(1));
			row.classList.toggle("marked", n >= Number(from.value) && n <= Number(end.value));
		}
	});
	document.getElementById("say-text")?.focus();
}

export function gate() {
	const help = document.getElementById("shortcuts"), button = document.getElementById("shortcuts-button");
	if (help && button) {
		button.hidden = false;
		button.addEventListener("click", () => help.showModal());
		keys(help);
	}
	const items = document.getElementById("items"), source = document.querySelector(".source");
	if (items && document.getElementById("items-button"))
		keepItems(items);
	if (source)
		lines(source);
}
