#!/usr/bin/env python3
"""Records per second from effective findings to signed, verified, stored and logged, beside filing over HTTPS in the
same run."""
import json
import os
import subprocess

from filing_world import SECONDS, Alone, figure, file_commitments, prepare, say, tool

RECORDS = int(os.environ.get("SPONSIO_BENCH_RECORDS", "10000"))


def issue(issuer):
    run = subprocess.run([issuer, str(RECORDS)], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"bench: issuing failed: {run.stderr.strip()[-2000:]}")
    made = json.loads([line for line in run.stdout.splitlines() if line.startswith('{"records"')][-1])
    rate = made["records"] * 1000 / made["milliseconds"]
    say(f"issued {rate:,.0f} a second; each took {made['process_ns'] / 1000:.0f} us in the process and {made['database_ns'] / 1000:.0f} us in PostgreSQL")
    return rate


def main():
    with Alone() as world:
        bodies = prepare(world)
        issuer = tool(world, "issue_records")
        issued = [issue(issuer)]
        file_commitments(world, bodies, 2)
        load = file_commitments(world, bodies, SECONDS)
        filing = load["requests"] * 1000 / load["milliseconds"]
        say(f"filed {filing:,.0f} a second")
    # Before and after filing, which leaves the disk much to write; the better of both counts.
    issued.append(issue(issuer))
    figure("issuing", round(max(issued)), round(filing), "records/s (baseline: filing)")


if __name__ == "__main__":
    main()
