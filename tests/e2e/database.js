// SPDX-License-Identifier: MIT
// The database, asked and answered at once: one psql that stays, behind two named pipes, since starting one for
// each of thousands of statements would take longer than all of these.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";

const folder = mkdtempSync(`${tmpdir()}/botarmy-psql-`);
const pipe = (name) => `${folder}/${name}`;
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

let talk = null;

function begin() {
	execFileSync("mkfifo", [pipe("in"), pipe("out")]);
	spawn("sh", ["-c", 'exec psql -qXAt -v ON_ERROR_STOP=1 "$1" <"$2/in" >"$2/out" 2>"$2/errors"', "sh", process.env.DATABASE_URL, folder],
		{ stdio: "ignore" }).unref();
	// Opened for both, the one waits for nobody; the other waits for psql.
	talk = { to: openSync(pipe("in"), constants.O_RDWR), from: openSync(pipe("out"), "r") };
}

// Before connections are cut.
export function sqlEnd() {
	if (!talk)
		return;
	writeSync(talk.to, "\\q\n");
	while (readSync(talk.from, Buffer.alloc(4096)))
		;
	closeSync(talk.to);
	closeSync(talk.from);
	rmSync(pipe("in"));
	rmSync(pipe("out"));
	talk = null;
}

// What the statements of `text` give: a line a row, without the last line's end. Throws what psql says.
export function sql(text) {
	if (!talk)
		begin();
	const end = "that is all\n", piece = Buffer.alloc(1 << 16), got = [];
	writeSync(talk.to, `${text}\n;\n\\echo ${end}`);
	for (;;) {
		const n = readSync(talk.from, piece);
		if (n === 0) {
			const errors = readFileSync(pipe("errors"), "utf8");
			sqlEnd();
			throw new Error(errors || "psql has ended");
		}
		got.push(Buffer.from(piece.subarray(0, n)));
		const all = Buffer.concat(got).toString();
		if (all === end || all.endsWith(`\n${end}`))
			return all.slice(0, -end.length).trim();
	}
}
