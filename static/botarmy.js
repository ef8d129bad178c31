// SPDX-License-Identifier: MIT
// Everything here is an addition: each page works without it.
// The version in this module's own address is handed on, so that no module meets one of another release.
const version = new URL(import.meta.url).search;
const { liven } = await import(`./live.js${version}`);
const { times } = await import(`./times.js${version}`);

for (const button of document.querySelectorAll("button[data-copy]")) {
	if (!navigator.clipboard)
		break;
	button.hidden = false;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
		button.textContent = "Copied";
		setTimeout(() => { button.textContent = "Copy"; }, 2000);
	});
}

// What is wider than the screen can be scrolled by keyboard, too.
const wide = new ResizeObserver((entries) => {
	for (const { target } of entries)
		target.toggleAttribute("tabindex", target.scrollWidth > target.clientWidth) && (target.tabIndex = 0);
});
for (const block of document.querySelectorAll(".prose table, .prose pre, .scroll"))
	wide.observe(block);

// First, so that it sees what the server wrote.
for (const part of document.querySelectorAll("[data-live]"))
	liven(part, (fresh) => {
		times(fresh);
		ticks(fresh);
	});

// All boxes of a list at once; the list may be replaced.
function ticks(root) {
	root.querySelector("#tick-all")?.closest("[hidden]")?.removeAttribute("hidden");
}
ticks(document);
document.addEventListener("change", ({ target }) => {
	const all = document.getElementById("tick-all"), boxes = [...document.querySelectorAll("input[form=bulk]")];
	if (!all)
		return;
	if (target === all)
		for (const box of boxes)
			box.checked = all.checked;
	const ticked = boxes.filter((box) => box.checked).length;
	all.checked = ticked > 0 && ticked === boxes.length;
	all.indeterminate = ticked > 0 && !all.checked;
});

if (document.getElementById("decide") || document.getElementById("shortcuts-button"))
	(await import(`./gate.js${version}`)).gate();

times(document);
setInterval(() => times(document), 1000);
