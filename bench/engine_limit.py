# SPDX-License-Identifier: MIT
"""The limit of a runner's stages a second: pgbench sends every statement of a stage over one connection,
in batches as large as the runner's were on the average, and does nothing besides. The statements are
those of sql/queries, their arguments are what a runner would send."""

import json
import os
import re
import subprocess
import tempfile

from engine_stack import ANSWER, SOURCE, STAGES, Trouble, Usage

# As src/db/connect.c opens its sessions, and src/runner/claim.c asks.
OPTIONS = ("-c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off "
           "-c search_path=public,pg_temp")
CLAIM, QUOTA = 256, 64
OWNER = "00000000-0000-4000-8000-00000000be9c"


def statement(name, *arguments):
    """One of sql/queries, with pgbench's variables in the places of its parameters."""
    for file in sorted(os.listdir(f"{SOURCE}/sql/queries")):
        with open(f"{SOURCE}/sql/queries/{file}", encoding="utf-8") as f:
            found = re.search(rf"^-- :name {name} .*?\n(.*?)(?=^-- :name|\Z)", f.read(), re.M | re.S)
        if found:
            text = re.sub(r"^--.*\n", "", found.group(1), flags=re.M)
            return re.sub(r"\$(\d+)", lambda m: ":" + arguments[int(m.group(1)) - 1], text.strip()) + ";\n"
    raise Trouble(f"there is no statement {name}")


def batches(count, size):
    return -(-count // size)


def script(first, count, epoch, calls, artifacts, ask, commit):
    """All of it for `count` runs from `first` on, as one script for each turn of a counter; the identities
    of calls and outputs are the next ones of their sequences."""
    claims, asks, commits = batches(count, QUOTA), batches(count, ask), batches(count, commit)
    keys = f"""
select array_agg({first} + i)::text as runs, array_agg(0)::text as branches, array_agg({epoch} + 1 + :level)::text as epochs,
	array_agg((array['first', 'second', 'third', 'fourth'])[:level + 1])::text as nodes, array_agg('openai'::text)::text as providers,
	array_agg('bench'::text)::text as models"""
    slice_of = f"from generate_series(:from::integer, least(:from::integer + :size::integer, {count}) - 1) i \\gset\n"
    return f"""\\set n :n + 1
\\if :n = 1
select array_fill((select a.body from bench_answer a), array[{commit}])::text as bodies,
	array_fill((select a.document from bench_answer a), array[{commit}])::text as documents,
	array_fill('pass'::text, array[{commit}])::text as outcomes, array_fill('answered'::text, array[{commit}])::text as answered,
	array_fill(sha256('body'), array[{commit}])::text as hashes, array_fill(null::text, array[{commit}])::text as nothing,
	array_fill('[]'::text, array[{commit}])::text as files, array_fill('200'::text, array[{commit}])::text as statuses,
	array_fill('1000'::text, array[{commit}])::text as tokens, array_fill('0.005'::text, array[{commit}])::text as costs \\gset
\\endif
\\if :n <= {claims}
{statement('stage_claim', 'owner', 'limit', 'quota')}
\\else
\\set turn (:n - {claims} - 1) % {asks + commits}
\\set level (:n - {claims} - 1) / {asks + commits}
\\if :turn < {asks}
\\set from :turn * {ask}
\\set size {ask}
{keys}, array_agg(sha256(int8send({first} + i * 4 + :level)))::text as requests, array_agg('0.05'::text)::text as amounts,
	(select array_agg({artifacts} + {count} * l + k)::text from generate_series(0, :level - 1) l,
		generate_series(:from::integer + 1, least(:from::integer + :size::integer, {count})) k) as inputs
{slice_of}
{statement('input_runs', 'runs', 'nodes')}
{statement('input_outputs', 'runs', 'nodes')}
\\if :level > 0
{statement('input_bodies', 'inputs')}
{statement('input_files', 'inputs')}
\\endif
{statement('input_messages', 'owner', 'runs', 'branches', 'epochs')}
{statement('call_begin', 'owner', 'runs', 'branches', 'epochs', 'providers', 'models', 'requests', 'amounts')}
\\else
\\set from (:turn - {asks}) * {commit}
\\set size {commit}
{keys}, array_agg({calls} + {count} * :level + i + 1)::text as calls, array_agg(1.7e12::bigint)::text as times,
	array_agg('bench'::text)::text as agents, array_agg('info'::text)::text as levels,
	array_agg('stage: pass, revision 1, by openai'::text)::text as texts
{slice_of}
begin;
{statement('stage_advance', 'owner', 'runs', 'branches', 'epochs', 'outcomes', 'hashes', 'bodies', 'documents', 'providers',
           'models', 'files', 'nothing', 'nothing', 'nothing', 'keep')}
{statement('call_end', 'calls', 'answered', 'bodies', 'nothing', 'statuses', 'tokens', 'tokens', 'costs')}
commit;
{statement('log_lines_store', 'times', 'runs', 'nodes', 'agents', 'levels', 'texts')}
\\endif
\\endif
""", claims + STAGES * (asks + commits)


def measure(stack, count, ask, commit):
    """Stages a second, and what PostgreSQL used for them. `ask` and `commit` are the sizes of batches before
    and after calls."""
    body = json.dumps(ANSWER, separators=(",", ":"))
    document = f"# {ANSWER['title']}\n\n{ANSWER['text']}\n"
    stack.sql(f"create table if not exists bench_answer as select '{body}'::text as body, '{document}'::text as document")
    stack.sql("grant select on bench_answer to botarmy_runner")
    stack.sql(f"insert into runner (runner_id, host, pid, version, provider, model, expires_at) values ('{OWNER}', 'bench', 1, "
              "'0', 'openai', 'bench', now() + interval '1 day') on conflict do nothing")
    first, last, _ = stack.submit(count)
    epoch = int(stack.sql(f"select epoch from cursor where run_id = {first}"))
    calls = int(stack.sql("select case when is_called then last_value else 0 end from llm_call_call_id_seq"))
    artifacts = int(stack.sql("select case when is_called then last_value else 0 end from artifact_artifact_id_seq"))
    text, turns = script(first, count, epoch, calls, artifacts, ask, commit)
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        usage = Usage(stack)
        done = subprocess.run(["pgbench", "-n", "-c1", "-j1", f"-t{turns}", "-Mprepared", "-f", f.name, "-Dn=0",
                               f"-Downer={OWNER}", f"-Dlimit={CLAIM}", f"-Dquota={QUOTA}", "-Dkeep=true", stack["runner_database"]],
                              env=dict(os.environ, PGOPTIONS=OPTIONS), text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        usage.stop()
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not rate:
        raise Trouble(f"pgbench did not do its work: {done.stdout[-2000:]}")
    stack.finished(first, last, 1)
    return count * STAGES / (turns / float(rate.group(1))), usage
