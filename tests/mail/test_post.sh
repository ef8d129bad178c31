#!/bin/sh
# SPDX-License-Identifier: MIT
# botarmy-mail against a mail server over real sockets: what a message is made of, whatever people and agents
# write, and what becomes of it at servers that refuse, stall and break off.
# shellcheck disable=SC2317,SC1112 # cases are called by name; one quotes with a typographic mark
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0"
fi
dir=$(mktemp -d /tmp/botarmy-mail-XXXXXX) || exit 99
plain='' secure=''
end() {
	for pid in $plain $secure; do kill "$pid" 2>/dev/null; done
	rm -rf "$dir"
}
trap end EXIT
trap 'exit 130' INT TERM
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/play.sql" >/dev/null || exit 99
later() {
	sql "update mail_event set at = at - interval '1 hour'; update mail_note set created_at = created_at - interval '1 hour';
		update mail set created_at = created_at - interval '1 hour', due_at = due_at - interval '1 hour',
			lease_until = lease_until - interval '1 hour'" >/dev/null
}
clear() { sql "delete from mail; delete from mail_note; delete from mail_event; delete from decision_link" >/dev/null; }
submit() { sql "select play.submit('sam', \$name\$$1\$name\$)"; }
go() { sql "select play.go($1)" >/dev/null; }

# ---- two servers: one in the clear, one with TLS and a password ----
mkdir "$dir/plain" "$dir/tls"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout "$dir/key" -out "$dir/cert" 2>/dev/null || exit 99
python3 "$top_srcdir/tests/lib/smtp_server.py" "$dir/plain" &
plain=$!
python3 "$top_srcdir/tests/lib/smtp_server.py" "$dir/tls" "$dir/cert" "$dir/key" 'post' 'secret password' &
secure=$!
for server in plain tls; do
	tries=100
	while [ ! -e "$dir/$server/port" ] && [ $((tries -= 1)) -gt 0 ]; do sleep 0.05; done
done
# post SERVER [VARIABLE=VALUE…]: sends what is due.
post() {
	box=$dir/$1
	at=localhost:$(cat "$dir/$1/port")
	shift
	env -i PATH="$PATH" MAIL_DATABASE_URL="$MAIL_DATABASE_URL" BOTARMY_DATA_DIR="$top_srcdir" BOTARMY_LOG_LEVEL=debug \
		BOTARMY_PUBLIC_URL=https://botarmy.example.org/sub BOTARMY_MAIL_FROM=botarmy@example.org BOTARMY_SMTP_URL="smtp://$at" \
		BOTARMY_SMTP_TLS=off "$@" "$top_builddir/botarmy-mail" --drain 2>"$dir/err"
	code=$?
}
mood() { echo "$*" >"$dir/plain/mood"; }
boxed() { find "$box" -name '*.eml' | sort; }
count() { boxed | wc -l; }
state() { sql "select string_agg(state, ',' order by mail_id) from mail"; }
tries() { sql "select string_agg(outcome || ' ' || coalesce(status::text, '-'), ',' order by mail_id, attempt) from mail_try"; }
is() { [ "$1" = "$2" ] || { echo "$1 instead of $2"; cat "$dir/err"; return 1; }; }
# mail EXPRESSION WANT: over the newest message as `m`, its parts `text` and `html`, its bytes `raw`, its envelope `e`.
mail() {
	got=$(python3 - "$(boxed | tail -n 1)" "$1" <<-'PY'
		import email, email.policy, json, re, sys
		raw = open(sys.argv[1], "rb").read()
		m = email.message_from_bytes(raw, policy=email.policy.default)
		e = json.load(open(sys.argv[1].replace(".eml", ".json")))
		text = m.get_body(("plain",)).get_content()
		html = m.get_body(("html",)).get_content()
		print(eval(sys.argv[2]))
	PY
	)
	[ "$got" = "$2" ] || { echo "$got"; return 1; }
}

sql "insert into account (name, role, email) values ('sam', 'submitter', 'sam@example.org')"
post plain
tap_case 'with nothing to send it ends well' is "$code $(count)" '0 0'

# ---- what a message is made of ----
run=$(submit 'Tools')
go "$run"
post plain
tap_case 'what has just happened is held back for some seconds' is "$(count)" 0
later
post plain
tap_case 'then it goes out' is "$(count) $(state) $(tries)" '1 sent sent 250'
gate=$(sql "select play.gate($run)")
tap_case 'from whom the settings say, to the person' mail "e['from'].split()[1], e['to']" "('FROM:<botarmy@example.org>', ['RCPT TO:<sam@example.org>'])"
tap_case 'in both ways of writing' mail '[p.get_content_type() for p in m.iter_parts()]' "['text/plain', 'text/html']"
tap_case 'with a subject that says what is asked' mail "m['subject']" 'Decide on the Analyst’s output: Tools'
tap_case 'with the name beside the address' mail "m['to']" 'sam <sam@example.org>'
tap_case 'without a word that programs would answer to' mail "m['auto-submitted'], m['list-id']" "('auto-generated', 'BotArmy <botarmy.botarmy.example.org>')"
tap_case 'with an identity' mail "bool(re.fullmatch(r'<[0-9a-f-]{36}@example[.]org>', m['message-id']))" True
tap_case 'and the thread of its run' mail "m['references']" "<run-$run@example.org>"
tap_case 'no line is long, and none ends but by CR LF' mail \
	"max(map(len, raw.split(b'\r\n'))) <= 78, raw.replace(b'\r\n', b'').count(b'\n'), raw.isascii()" '(True, 0, True)'
tap_case 'with a link to the decision, in both' mail \
	"len(set(re.findall(r'https://botarmy.example.org/sub/decide/([A-Za-z0-9_-]{43})', text) + re.findall(r'href=\"https://botarmy.example.org/sub/decide/([A-Za-z0-9_-]{43})\"', html)))" 1
tap_case 'and to the gate' mail "'https://botarmy.example.org/sub/gates/$gate' in text and 'sub/gates/$gate\"' in html" True
token=$(grep -aho 'decide/[A-Za-z0-9_-]*' "$(boxed | tail -n 1)" | head -n 1)
tap_case 'the token is stored nowhere and logged nowhere' not grep -q "${token#decide/}" "$dir/err"
token_of() {
	python3 - "$(boxed | tail -n 1)" <<-'PY'
		import email, email.policy, re, sys
		m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
		print(re.search(r"/decide/([A-Za-z0-9_-]{43})", m.get_body(("plain",)).get_content())[1])
	PY
}
tap_case 'but its hash is' is "$(sql "select count(*) from decision_link where token_hash = sha256('$(token_of)') and gate_id = $gate and revision = 1")" 1
clear

# ---- what people write cannot make a header, a part or an end ----
# hostile NAME: a project of this name is told of, and the name comes through as text.
hostile() {
	sql "update project set name = left(\$n\$$1\$n\$, 120) where project_id = (select project_id from run where run_id = $run)" >/dev/null
	clear
	sql "select mail_asked(array[$run], array[jsonb_build_object('gate', $gate, 'kind', 'review', 'revision', 1)])" >/dev/null
	later
	post plain
	mail "sorted(k.lower() for k in m.keys()) == sorted('date from to subject message-id references auto-submitted x-auto-response-suppress list-id mime-version content-type'.split()) and len(list(m.iter_parts())) == 2 and len(e['to']) == 1 and max(map(len, raw.split(b'\r\n'))) <= 78 and raw.isascii() and m.defects == [] and all(p.defects == [] for p in m.iter_parts())" True &&
		mail "'''$2''' in m['subject'], '''$2''' in text, '<script' in html, html.count('<a href')" "(True, True, False, 4)"
}
tap_case 'a line end and a header' hostile "$(printf 'x\r\nBcc: evil@example.org\r\n\r\nbody')" 'x  Bcc: evil@example.org    body'
tap_case 'a line feed alone' hostile "$(printf 'x\nSubject: other\n.\nQUIT')" 'x Subject: other . QUIT'
tap_case 'a carriage return alone' hostile "$(printf 'x\rTo: y@z')" 'x To: y@z'
tap_case 'the border of parts' hostile '--=_ --boundary-- Content-Type: text/html' '--=_ --boundary-- Content-Type: text/html'
tap_case 'an encoded word' hostile '=?UTF-8?Q?=0D=0ABcc:_x@y?=' '=?UTF-8?Q?=0D=0ABcc:_x@y?='
tap_case 'markup' hostile '<script>alert(1)</script><a href=x>' '<script>alert(1)</script><a href=x>'
tap_case 'a template' hostile '{{site}} {{{decide}}}' '{{site}} {{{decide}}}'
tap_case 'quotes and brackets' hostile '"a" <b@c>, (d) \ ;' '"a" <b@c>, (d) \\ ;'
tap_case 'other scripts, and long ones' hostile '日本語の長い名前のプロジェクトで、件名が何行にもなるもの。 Ünïcödé ✓ 👩‍👩‍👧‍👦' '👩‍👩‍👧‍👦'
tap_case 'a hundred and twenty letters without a blank' hostile "$(printf 'a%.0s' $(seq 120))" "$(printf 'a%.0s' $(seq 120))"
tap_case 'dots' hostile "$(printf '.\r\n.\r\n..')" '.  .  ..'
tap_case 'what turns the direction' hostile "$(printf 'x\342\200\256gnp.exe')" 'x gnp.exe'
tap_case 'equals signs and blanks at the end' hostile '== = =3D ' '== = =3D'
sql "update account set name = 'Sam \"x\" <evil@example.org>, b' where name = 'sam'" >/dev/null
sql "create or replace function play.sam() returns text language sql as 'select name from account where email = ''sam@example.org'''" >/dev/null
tap_case 'a person of such a name' hostile 'Plain' 'Plain'
tap_case 'has one address' mail "[a.addr_spec for a in m['to'].addresses], m['to'].addresses[0].display_name" \
	"(['sam@example.org'], 'Sam \"x\" <evil@example.org>, b')"
sql "update account set name = 'sam' where email = 'sam@example.org'" >/dev/null
clear
for n in $(seq 30); do go "$(submit "Many $n")"; done
later
post plain
tap_case 'many decisions are one mail, in full as far as it is of use' mail "m['subject'], text.count('Decide: '), 'And 5 more' in text" "('30 decisions wait for you', 25, True)"
clear

# ---- servers of every temper ----
# temper MOOD STATE TRIES: what becomes of a mail there.
temper() {
	clear
	mood "$1"
	sql "select mail_asked(array[$run], array[jsonb_build_object('gate', $gate, 'kind', 'review', 'revision', 1)])" >/dev/null
	later
	post plain
	is "$code $(state) $(tries)" "0 $2 $3"
}
tap_case 'a recipient refused for now is tried again' temper 'rcpt 450' queued 'later 450'
tap_case 'one refused for good is not' temper 'rcpt 550' failed 'refused 550'
tap_case 'nor is a sender' temper 'mail 553' failed 'refused 553'
tap_case 'a message refused for now is tried again' temper 'end 451' queued 'later 451'
tap_case 'one refused for good is not' temper 'end 554' failed 'refused 554'
tap_case 'DATA refused for now' temper 'data 421' queued 'later 421'
tap_case 'DATA refused for good' temper 'data 554' failed 'refused 554'
tap_case 'a greeting that refuses is about the server, not the mail' temper 'greet 554' queued 'later 554'
tap_case 'a busy greeting' temper 'greet 421' queued 'later 421'
tap_case 'a connection that breaks at once' temper 'drop-connect' queued 'later -'
tap_case 'a connection that breaks within the message' temper 'drop-data' queued 'later 354'
before=$(count)
tap_case 'one that breaks after it' temper 'drop-end' queued 'later 354'
mood ok
later
post plain
tap_case 'leads to a second copy' is "$(count) $(state)" "$((before + 2)) sent"
same_id() { [ "$(boxed | tail -n 2 | xargs grep -ahi '^Message-ID' | sort -u | wc -l)" = 1 ]; }
tap_case 'that says that it is the same' same_id
tap_case 'a slow server is waited for' temper slow sent 'sent 250'
mood ok
clear
sql "select mail_asked(array[$run], array[jsonb_build_object('gate', $gate, 'kind', 'review', 'revision', 1)])" >/dev/null
later
post plain BOTARMY_SMTP_URL=smtp://localhost:9
tap_case 'a server that is not there is asked again later' is "$code $(state) $(tries)" '0 queued later -'
sql "update mail set created_at = now() - interval '25 hours', due_at = now() - interval '1 hour'" >/dev/null
post plain BOTARMY_SMTP_URL=smtp://localhost:9
tap_case 'for a day' is "$(state)" failed
clear

# ---- a gate that is decided while the mail waits ----
mood 'rcpt 450'
sql "select mail_asked(array[$run], array[jsonb_build_object('gate', $gate, 'kind', 'review', 'revision', 1)])" >/dev/null
later
post plain
sql "select * from gate_decide($gate, 1, 'approve', '', 1)" >/dev/null
mood ok
later
before=$(count)
post plain
tap_case 'what was decided meanwhile is not sent' is "$(count) $(state)" "$before dropped"
clear

# ---- TLS and a password ----
run=$(submit 'Secure')
go "$run"
later
post tls BOTARMY_SMTP_TLS=required BOTARMY_SMTP_CA_FILE="$dir/cert" BOTARMY_SMTP_USER=post BOTARMY_SMTP_PASSWORD='secret password'
tap_case 'over STARTTLS with a password' is "$(count) $(state)" '1 sent'
tap_case 'it was TLS' mail "e['secure']" True
tap_case 'the password is in no log' not grep -q -e 'secret password' -e "$(printf '\0post\0secret password' | base64)" "$dir/err"
# secure_temper MOOD STATE TRIES ENVIRONMENT…
secure_temper() {
	clear
	echo "$1" >"$dir/tls/mood"
	sql "select mail_asked(array[$run], array[jsonb_build_object('gate', play.gate($run), 'kind', 'review', 'revision', 1)])" >/dev/null
	later
	want="$2 $3"
	shift 3
	: >"$dir/tls/log"
	post tls BOTARMY_SMTP_TLS=required BOTARMY_SMTP_CA_FILE="$dir/cert" BOTARMY_SMTP_USER=post "$@"
	echo ok >"$dir/tls/mood"
	is "$(state) $(tries)" "$want" && ! grep -q '^MAIL' "$dir/tls/log"
}
tap_case 'a wrong password is about the server, not the mail' secure_temper ok queued 'later 535' BOTARMY_SMTP_PASSWORD=wrong
tap_case 'without TLS nothing is sent, not even the name' secure_temper no-starttls queued 'later 250' BOTARMY_SMTP_PASSWORD='secret password'
tap_case 'a refused STARTTLS neither' secure_temper 'starttls 454' queued 'later 454' BOTARMY_SMTP_PASSWORD='secret password'
tap_case 'a certificate that nobody vouches for neither' secure_temper ok queued 'later 220' BOTARMY_SMTP_PASSWORD='secret password' BOTARMY_SMTP_CA_FILE=
tap_case 'whoever asks may not see the password' not grep -q AUTH "$dir/tls/log"
post tls BOTARMY_SMTP_TLS=off BOTARMY_SMTP_USER=post BOTARMY_SMTP_PASSWORD=x
tap_case 'a password in the clear is refused at the start' is "$code $(grep -c 'does not travel in the clear' "$dir/err")" '1 1'
post tls BOTARMY_MAIL_FROM=
tap_case 'as is mail from nobody' is "$code $(grep -c 'mail_from is not set' "$dir/err")" '1 1'
post tls BOTARMY_SMTP_URL= BOTARMY_LOG_LEVEL=info
tap_case 'without a server nothing is sent, and that is well' is "$code $(cat "$dir/err")" '0 '
post plain MAIL_DATABASE_URL=postgresql://nobody@localhost:9/none
tap_case 'without a database it ends with an error' is "$code" 1

# ---- side by side ----
clear
sql "insert into account (name, role, email) select 'p' || n, 'approver', 'p' || n || '@example.org' from generate_series(1, 40) n" >/dev/null
go "$(submit 'Crowd')"
later
before=$(find "$dir/plain" -name '*.eml' | wc -l)
post plain &
one=$!
post plain &
two=$!
post plain
wait "$one" "$two"
# one of them makes the mails; who came too early looks in vain
post plain
box=$dir/plain
tap_case 'three at once send every mail' is "$(sql "select count(*) from mail where state <> 'sent'")" 0
tap_case 'each once' is "$(($(count) - before))" 41
tap_done
