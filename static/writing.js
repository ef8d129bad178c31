// SPDX-License-Identifier: MIT
// What models are writing just now, under the stage at work. A piece says how many bytes come before it; where some are
// missing, that is shown. It lives as long as the stage works, across the stage list's replacements.

const most = 20000;

export function writing(root) {
	const texts = new Map(); // stage → { call, bytes, text }

	function draw(stage) {
		const item = root.querySelector(`#stage-${CSS.escape(stage)}`), kept = texts.get(stage);
		if (!item?.hasAttribute("data-works"))
			return void texts.delete(stage);
		let block = item.querySelector(".writing");
		if (!block) {
			block = document.createElement("pre");
			block.className = "writing";
			block.tabIndex = 0;
			block.setAttribute("role", "log");
			block.setAttribute("aria-live", "off");
			block.setAttribute("aria-label", "What the model writes");
			item.querySelector(".row-main").append(block);
		}
		const end = block.scrollHeight - block.scrollTop - block.clientHeight < 40;
		block.textContent = kept.text;
		if (end)
			block.scrollTop = block.scrollHeight;
	}

	return {
		add({ stage, call, at, bytes, text }) {
			const old = texts.get(stage);
			const same = old?.call === call && at !== 0;
			const gap = same ? at > old.bytes : at > 0;
			if (same && at < old.bytes)
				return;
			const whole = (same ? old.text : "") + (gap ? "\n…\n" : "") + text;
			texts.set(stage, { call, bytes: at + bytes, text: whole.length > most ? `…${whole.slice(-most)}` : whole });
			draw(stage);
		},
		redraw() {
			for (const stage of texts.keys())
				draw(stage);
		},
	};
}
