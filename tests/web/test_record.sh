#!/bin/sh
# SPDX-License-Identifier: MIT
# The decision record: its page, its file, and that the file proves itself with what was downloaded,
# without server or database, and that every kind of meddling is named.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
play_people
me="Authorization: Bearer $sam" approver="Authorization: Bearer $ana"

# ---- a run with changes asked for, two votes, and an end ----
sql "update workflow_node set quorum = 2 where node = 'gate_architect'"
run=$(sql "select play.submit('sam', 'Tools <b>& \"more\"', 5)")
sql "select play.go($run)" >/dev/null
project=$(sql "select project_id from run where run_id = $run")
decide() { # decide TOKEN KIND REVISION COMMENT
	gate=$(sql "select play.gate($run)")
	curl -s -o /dev/null -H "Authorization: Bearer $1" --data-urlencode "comment=$4" -d "kind=$2&revision=$3" "$url/gates/$gate/decision"
	sql "select play.go($run)" >/dev/null
}
decide "$ana" changes 1 'Übersetzen, bitte: <script>alert(1)</script>
and a second line'
decide "$sam" approve 2 ''
decide "$ana" approve 1 'First of two.'
decide "$sam" approve 1 'Second of two.'
decide "$ana" approve 1 'Ship it.'
tap_case 'the run went to its end' test "$(sql "select state from run where run_id = $run")" = 'done'

# ---- the page ----
try 'the record is a view' 200 -H "$me" -H 'Accept: application/json' "$url/runs/$run/record"
tap_case 'which is unbroken' json_is "j['unbroken'], j['problem'], j['head']['number']" "(True, None, 6)"
tap_case 'an entry names output and document by hash' json_is \
	"[(e['by'], e['action'], e['stage'], e['revision'], len(e['artifact_sha256']), len(e['document_sha256'])) for e in j['entries'] if e['stage']][0]" \
	"('ana', 'approve', 'tester', 1, 64, 64)"
tap_case 'and what it was compared with' json_is \
	"[(e['before_revision'], len(e['before_sha256'])) for e in j['entries'] if e['revision'] == 2]" '[(1, 64)]'
tap_case 'a vote is an entry with its reason' json_is "[e['comment'] for e in j['entries'] if e['action'] == 'vote']" "['First of two.']"
tap_case 'the executed tests are in it' json_is "j['entries'][0]['tests']['passed']" 12
tap_case 'its hashes are those of the database' json_is "j['entries'][0]['artifact_sha256']" \
	"$(sql "select encode(sha256, 'hex') from artifact where run_id = $run and node = 'tester'")"
try 'it is a page' 200 -H "$me" "$url/runs/$run/record"
tap_case 'on which a comment is text' body_has '&lt;script&gt;alert(1)'
tap_case 'that says that the chain holds' body_has 'Unbroken.'
try 'strangers learn nothing' 404 -H "Authorization: Bearer $viewer" "$url/runs/$run/record"
try 'nor by the file' 404 -H "Authorization: Bearer $viewer" "$url/runs/$run/record.jsonl"

# ---- the file, and the downloads ----
try 'the record is a file' 200 -H "$me" "$url/runs/$run/record.jsonl"
tap_case 'to be kept under a name' header_is Content-Disposition "attachment; filename=\"decision-record-$run.jsonl\""
cp "$web/body" "$web/record"
hit -H "$me" "$url/runs/$run/download.zip"
mkdir "$web/zip" "$web/tar"
(cd "$web/zip" && python3 -m zipfile -e "$web/body" .)
hit -H "$approver" "$url/runs/$run/download.tar.gz"
tar -xzf "$web/body" -C "$web/tar"
cd "$web" || exit 99
# No server, database or configuration is near.
verify() {
	env -i PATH=/usr/bin:/bin HOME="$web" "$top_builddir/botarmy" verify "$@" >"$web/out" 2>"$web/err"
	status=$?
}
says() { # says STATUS TEXT
	[ "$status" -eq "$1" ] && grep -qF -- "$2" "$web/out" && return
	echo "exit status $status"
	cat "$web/out" "$web/err"
	return 1
}
names() { says 1 'BROKEN decision record: ' && says 1 "$1"; }
verify record
tap_case 'the file proves itself' says 0 '6 entries, 5 outputs: unbroken'
tap_case 'and says who approved what' says 0 '  changes by "ana", '
tap_case 'and what nobody decided on' says 0 'nobody decided on it'
verify zip
tap_case 'an unpacked zip proves itself with its files' says 0 '5 files, 6 entries, 5 outputs: unbroken'
top=$(ls tar)
verify "tar/$top"
tap_case 'an unpacked tar.gz too' says 0 '5 files, 6 entries, 5 outputs: unbroken'
tap_case 'both hold the same record' cmp -s record "tar/$top/decision-record.jsonl"

# ---- meddling with the file ----
# meddle NAME TEXT PYTHON: `l` is the list of lines, changed in place.
meddle() {
	python3 - "$web/record" "$web/bad" "$3" <<-'PY' || exit 99
		import hashlib, json, sys
		def sha(s): return hashlib.sha256(s.encode()).hexdigest()
		def seal(l):
		    end = json.loads(l[-1])
		    end["lines"] = [sha(x) for x in l[:-1]]
		    l[-1] = json.dumps(end, separators=(",", ":"))
		def at(key, n=0): return [i for i, x in enumerate(l) if key in json.loads(x)][n]
		def edit(i, f):
		    j = json.loads(l[i]); f(j); l[i] = json.dumps(j, separators=(",", ":"), ensure_ascii=False)
		def chain(l):
		    "computes the whole chain and the seal anew, as one who knows how would"
		    last = bytes(32)
		    for i in range(len(l)):
		        j = json.loads(l[i])
		        if "entry" in j:
		            last = hashlib.sha256(last + j["entry"].encode()).digest()
		            j["hash"] = last.hex(); l[i] = json.dumps(j, separators=(",", ":"), ensure_ascii=False)
		    edit(-1, lambda j: j.update(hash=last.hex())); seal(l)
		l = open(sys.argv[1], encoding="utf-8").read().split("\n")[:-1]
		exec(sys.argv[3])
		open(sys.argv[2], "w", encoding="utf-8").write("\n".join(l) + "\n")
	PY
	verify bad
	tap_case "$1" names "$2"
}
meddle 'a changed letter in an entry' 'line 3 (entry 2) was changed' 'l[2] = l[2].replace("changes", "changed")'
meddle 'a line taken out' 'line 4 is missing' 'del l[3]'
meddle 'two entries swapped' 'lines 3 and 4 are swapped' 'l[2], l[3] = l[3], l[2]'
meddle 'two outputs swapped' 'lines 14 and 15 are swapped' 'l[13], l[14] = l[14], l[13]'
meddle 'a line put in' 'line 4 (entry 3) was put in' 'l.insert(3, l[3].replace("approve", "reject"))'
meddle 'a line said twice' 'was put in' 'l.insert(4, l[3])'
meddle 'another name of the project' 'line 1 (what the record is of) was changed' 'l[0] = l[0].replace("Tools", "Fools")'
meddle 'a changed comment' 'was changed' 'i = at("text"); l[i] = l[i].replace("text\":\"", "text\":\"not ")'
meddle 'a changed output' 'line 13 (revision 1 of an output) was changed' 'i = at("output"); l[i] = l[i].replace("Requirements", "Requests")'
meddle 'an end that is gone' 'the last line is missing or damaged: the file was cut after line 17' 'del l[-1]'
meddle 'another hash at the end' 'entry 6: its hash is not the one that the end tells' \
	'edit(-1, lambda j: j.update(hash="00" * 32))'
meddle 'an end of another chain' 'the end is of another chain' 'edit(-1, lambda j: j.update(chain=999))'
meddle 'an entry edited with the seal made anew' 'entry 3: its hash is not that of the entry before it and its bytes' \
	'edit(3, lambda j: j.update(entry=j["entry"].replace("sam", "bob"))); seal(l)'
meddle 'an entry taken out with the seal made anew' 'entry 4 is missing' 'del l[4]; seal(l)'
meddle 'the last entry taken out with the seal made anew' 'entry 6 is missing' 'del l[6]; seal(l)'
meddle 'entries swapped with the seal made anew' 'entry 2 is missing' 'l[2], l[3] = l[3], l[2]; seal(l)'
meddle 'a comment changed with the seal made anew' 'is not the one that was hashed' \
	'edit(at("text"), lambda j: j.update(text="I never said so.")); seal(l)'
meddle 'a comment taken out with the seal made anew' 'the text of its' 'del l[at("text")]; seal(l)'
meddle 'a comment with its own hash' 'the text of its' \
	'edit(at("text"), lambda j: j.update(text="Fine.", sha256=sha("Fine."))); seal(l)'
meddle 'an output changed with the seal made anew' 'its bytes are not those of its hash' \
	'edit(at("output"), lambda j: j.update(body="{}")); seal(l)'
meddle 'an output with its own hash' 'entry 2: it is about analyst revision 1 with the hash' \
	'edit(at("output"), lambda j: j.update(body="{}", sha256=sha("{}"))); seal(l)'
meddle 'a document changed with its own hash' 'entry 2: it is about analyst revision 1 with the hash' \
	'edit(at("output"), lambda j: j.update(document="x", document_sha256=sha("x"))); seal(l)'
meddle 'an output taken out with the seal made anew' 'which it is about, is missing' 'del l[at("output")]; seal(l)'
meddle 'a file of an output with another hash' 'its files are not those that its bytes name' \
	'edit(at("output", 3), lambda j: j["files"][0].update(sha256="00" * 32)); seal(l)'
meddle 'a file left out of the list' 'its files are not those that its bytes name' \
	'edit(at("output", 3), lambda j: j["files"].pop()); seal(l)'
meddle 'a record of another project' 'entry 1: its text is of another place in the chains' \
	"edit(0, lambda j: j.update(project=$project + 1)); edit(-1, lambda j: j.update(chain=$project + 1)); seal(l)"
meddle 'a line that is no JSON with the seal made anew' 'line 12 is no JSON object' 'l[11] = "x"; seal(l)'
head -c -1 record >bad
verify bad
tap_case 'a lost line end' says 1 'the last line has no end: the file was cut'
# Every bit of some bytes all over the file.
python3 - <<'PY' || exit 99
data = open("record", "rb").read()
for n, at in enumerate(range(7, len(data) - 1, len(data) // 40)):
    open("bit-%d" % n, "wb").write(data[:at] + bytes([data[at] ^ (1 << n % 7)]) + data[at + 1:])
PY
all_named() {
	for file in bit-*; do
		verify "$file"
		[ "$status" -ne 0 ] || { echo "$file goes through"; return 1; }
	done
}
tap_case 'a bit anywhere' all_named

# ---- one who makes everything anew is caught by what was kept elsewhere ----
DATABASE_URL=$DATABASE_URL "$top_builddir/botarmy" audit head "$project" >kept-head
verify record --heads kept-head
tap_case 'the record holds against a head that was kept' says 0 unbroken
python3 - record forged <<'PY' || exit 99
import hashlib, json, sys
l = open(sys.argv[1], encoding="utf-8").read().split("\n")[:-1]
last = bytes(32)
for i in range(len(l) - 1):
    j = json.loads(l[i])
    if "entry" in j:
        j["entry"] = j["entry"].replace('"who": "ana"', '"who": "sam"')
        last = hashlib.sha256(last + j["entry"].encode()).digest()
        j["hash"] = last.hex()
        l[i] = json.dumps(j, ensure_ascii=False)
end = json.loads(l[-1])
end.update(hash=last.hex(), lines=[hashlib.sha256(x.encode()).hexdigest() for x in l[:-1]])
l[-1] = json.dumps(end)
open(sys.argv[2], "w", encoding="utf-8").write("\n".join(l) + "\n")
PY
verify forged
tap_case 'a record that was made anew holds by itself' says 0 unbroken
verify forged --heads kept-head
tap_case 'but not against the head that was kept' says 1 'the head that was kept has another hash'

# ---- meddling with the files ----
file=$(find zip -name server.py)
cp "$file" kept.py
printf '\n' >>"$file"
verify zip
tap_case 'a changed file is named' says 1 'the file app/server.py is not the one that was accepted'
mv "$file" gone.py
verify zip
tap_case 'a missing file is named' says 1 'the file app/server.py is missing'
ln -s "$web/kept.py" "$file"
verify zip
tap_case 'a link is no file' says 1 'app/server.py is no plain file'
rm "$file"
cp kept.py "$file"
echo planted >"$(dirname "$file")/conftest.py"
verify zip
tap_case 'a planted file is named' says 1 'the file app/conftest.py belongs to no output'
rm "$(dirname "$file")/conftest.py"
verify zip
tap_case 'all was put back' says 0 unbroken
cd / || exit 99

# ---- remarks on lines, and words on items ----
noted=$(sql "select play.submit('sam', 'Noted', 5)")
sql "select play.go($noted)" >/dev/null
gate=$(sql "select play.gate($noted)")
sql "select comment_draft($gate, 1, a.account_id, null, '', 3, 3, '## US-1 Borrow a tool', 'Name the <b>member</b>.')
	from account a where name = 'ana';
	select items_mark($gate, 1, a.account_id, '[{\"list\": \"\", \"key\": \"\", \"item\": \"node\", \"verdict\": \"reject\", \"comment\": \"not so\"}]')
	from account a where name = 'ana';
	select * from review_send($gate, 1, 'changes', '', (select account_id from account where name = 'ana'), false);
	select play.go($noted)" >"$web/said" 2>&1 || cat "$web/said"
try 'remarks are in the record' 200 -H "$me" -H 'Accept: application/json' "$url/runs/$noted/record"
tap_case 'with the decision that they came with' json_is "[(e['action'], [(n['line'], n['text']) for n in e['remarks']], [(n['item'], n['text']) for n in e['items']]) for e in j['entries'] if e['action'] == 'changes']" \
	"[('changes', [(3, 'Name the <b>member</b>.')], [('node', 'not so')])]"
try 'and on its page' 200 -H "$me" "$url/runs/$noted/record"
tap_case 'as text' body_has 'Name the &lt;b&gt;member&lt;/b&gt;.'
hit -H "$me" "$url/runs/$noted/record.jsonl"
cp "$web/body" "$web/record"
cd "$web" || exit 99
verify record
tap_case 'the file has them' says 0 unbroken
meddle 'a remark taken out' 'entry 2: the text of a remark is missing' \
	'del l[[i for i, x in enumerate(l) if "Name the" in x][0]]; seal(l)'
meddle 'a word on an item taken out' 'entry 2: the text of a word on an item is missing' \
	'del l[[i for i, x in enumerate(l) if "not so" in x][0]]; seal(l)'
sql "select comment_settle($gate, a.account_id, (select max(comment_id) from review_comment), true) from account a where name = 'ana'" >/dev/null
hit -H "$me" "$url/runs/$noted/record.jsonl"
cp "$web/body" record
verify record
tap_case 'also after they are settled' says 0 unbroken
cd / || exit 99

# ---- a name that is taken, and a chain that is broken ----
sql "insert into artifact_file (artifact_id, path, sha256, size) select a.artifact_id, 'Decision-Record.jsonl', f.sha256, f.size
	from artifact a join artifact_file f using (artifact_id) where a.run_id = $run and a.node = 'developer' limit 1"
hit -H "$me" "$url/runs/$run/download.zip"
tap_case 'a file of that name keeps it' test "$(python3 -m zipfile -l "$web/body" | grep -c -e '/Decision-Record.jsonl' -e '/decision-record-2.jsonl')" = 2
sql "update audit set entry = replace(entry, 'ana', 'bob') where chain = $project and number = 2"
try 'a broken chain is shown' 200 -H "$me" "$url/runs/$run/record"
tap_case 'and named' body_has 'entry 2: its hash is not that of the entry before it and its bytes'
try 'it makes no record' 409 -H "$me" "$url/runs/$run/record.jsonl"
try 'but the application can be taken away' 200 -H "$me" "$url/runs/$run/download.zip"
tap_case 'without one' test "$(python3 -m zipfile -l "$web/body" | grep -c 'decision-record')" = 0

# ---- many entries ----
long=$(sql "select play.submit('sam', 'Long', 5)")
sql "do \$\$ begin for i in 1 .. 10000 loop
	perform audit_add((select project_id from run where run_id = $long), 1, 'pause', jsonb_build_object('run', $long)); end loop; end \$\$" >/dev/null
try 'ten thousand entries are shown in parts' 200 -H "$me" -H 'Accept: application/json' "$url/runs/$long/record"
tap_case 'the newest first' json_is "len(j['entries']), j['entries'][0]['number'], j['older']" '(100, 10001, 9902)'
try 'down to the first' 200 -H "$me" -H 'Accept: application/json' "$url/runs/$long/record?before=50"
tap_case 'which has nothing before it' json_is "len(j['entries']), j['older']" '(49, None)'
try 'what is no number is refused' 422 -H "$me" -H 'Accept: application/json' "$url/runs/$long/record?before=x"
hit -H "$me" "$url/runs/$long/record.jsonl"
cp "$web/body" "$web/record"
verify "$web/record"
tap_case 'their file proves itself' says 0 '10001 entries, 0 outputs: unbroken'
tap_done
