#!/usr/bin/env python3
"""Commitments filed in bulk by one NDJSON request, beside COPY of the rows that this made into the same tables."""
import os
import subprocess
import time
import uuid

from filing_world import PG_BIN, Alone, figure, prepare, psql, say, socket_of

LINES = int(os.environ.get("SPONSIO_BENCH_LINES", "60000"))

# What filing stores, as another shard's rows; keys are made new, identities are left to the table.
COPIES = {
    "used_key (owner_id, key, request_digest, resource, status, created_at)":
        "select owner_id, 'copy-' || key, request_digest, resource, status, created_at from used_key",
    "commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, filed_by, made_on, valid_until, accepted_at,"
    " committer_kind, committer_index, committer_name_index, sealed, wrapped_key, master_key_id, content_digest, state, leaf_index)":
        "select 9::int2, code, notice_id, matter_id, matter_version, organisation_id, filed_by, made_on, valid_until, accepted_at,"
        " committer_kind, committer_index, committer_name_index, sealed, wrapped_key, master_key_id, content_digest, state, leaf_index from commitment",
    "verification_task (shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule)":
        "select 9::int2, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule from verification_task",
    "event (shard, at, lifecycle, subject, from_state, event, to_state, actor, rule)":
        "select 9::int2, at, lifecycle, subject, from_state, event, to_state, actor, rule from event where shard > 0",
}


def file_in_bulk(world, bodies, count):
    """Sends and reads at once, by curl; returns the seconds until the last answer, and how many lines were filed."""
    lines = bodies.read_text(encoding="utf-8").splitlines()
    sent, answers = world.folder / "bulk.ndjson", world.folder / "answers.ndjson"
    sent.write_text("".join(lines[n % len(lines)] + "\n" for n in range(count)), encoding="utf-8")
    begin = time.monotonic()
    subprocess.run(["curl", "-sS", "--fail", "--cacert", world.server.certificate, "-H", "Expect:",
                    "-H", f"Authorization: Bearer {world.tokens['bench.clerk']}", "-H", "Content-Type: application/x-ndjson",
                    "-H", f"Idempotency-Key: {uuid.uuid4().hex}", "--data-binary", f"@{sent}", "-o", answers,
                    f"https://{world.server.address}/v1/commitments/bulk"], check=True)
    took = time.monotonic() - begin
    with open(answers, encoding="utf-8") as file:
        return took, sum('"status":201' in line[:40] for line in file)


def copy_rows(world):
    """Seconds for COPY of everything that was filed, table by table in one transaction."""
    script = ["begin;"]
    for number, (table, query) in enumerate(COPIES.items()):
        file = world.folder / f"rows-{number}"
        with open(file, "wb") as out:
            subprocess.run([PG_BIN / "psql", "-X", "-q", "-h", socket_of(world), "-U", "sponsio_cluster", "-d", "sponsio",
                            "-c", f"copy ({query}) to stdout (format binary)"], stdout=out, check=True)
        script.append(f"\\copy {table} from '{file}' (format binary)")
    script.append("commit;")
    begin = time.monotonic()
    subprocess.run([PG_BIN / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", socket_of(world), "-U", "sponsio_cluster", "-d", "sponsio"],
                   input="\n".join(script), text=True, check=True)
    return time.monotonic() - begin


def main():
    with Alone() as world:
        bodies = prepare(world)
        file_in_bulk(world, bodies, 2_000)
        before = int(psql(world, "select count(*) from commitment"))
        took, filed = file_in_bulk(world, bodies, LINES)
        rows = int(psql(world, "select count(*) from commitment"))
        if (filed, rows - before) != (LINES, LINES):
            raise SystemExit(f"bench: {filed} lines of {LINES} were filed, {rows - before} are there")
        say(f"{LINES:,} lines filed in {took:.1f} s")
        copied = copy_rows(world)
        say(f"{rows:,} commitments' rows copied in {copied:.1f} s")
        figure("bulk filing", round(LINES / took), round(rows / copied), "commitments/s (baseline: COPY)")


if __name__ == "__main__":
    main()
