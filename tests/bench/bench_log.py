#!/usr/bin/env python3
"""A log of ten million entries: how long the server takes to start with it, and to prove one of its entries."""
import os
import re
import subprocess
import time

from filing_world import Alone, figure, file_commitments, prepare, psql, say, tool

LEAVES = int(os.environ.get("SPONSIO_BENCH_LEAVES", "10000000"))
START_LIMIT, PROOF_LIMIT = 3.0, 1.0  # s, ms


def grow(world):
    """Entries of commitments that nobody made, through the log's own writer."""
    run = subprocess.run([tool(world, "grow_log"), "--data", world.folder / "sponsio", "--leaves", str(LEAVES)],
                         check=False)
    if run.returncode != 0:
        raise SystemExit("bench: the log could not be grown")


def server_time(world, path):
    """Mean milliseconds that the server counts for a GET, one after the other over one connection."""
    token, (host, port) = world.tokens["bench.clerk"], world.server.address.rsplit(":", 1)
    run = subprocess.run(["wrk", "-t1", "-c1", "-d4s", "-H", f"Authorization: Bearer {token}", f"https://{host}:{port}{path}"],
                         capture_output=True, text=True, check=True)
    if "Non-2xx" in run.stdout:
        raise SystemExit(f"bench: GET {path} was refused:\n{run.stdout}")
    return 1000 / float(re.search(r"Requests/sec:\s+([0-9.]+)", run.stdout).group(1))


def main():
    with Alone() as world:
        bodies = prepare(world)
        file_commitments(world, bodies, 1)
        codes = psql(world, "select code from commitment where shard = 1 order by leaf_index limit 3").split()
        world.server.stop()
        begin = time.monotonic()
        grow(world)
        say(f"{LEAVES:,} entries added in {time.monotonic() - begin:.0f} s")
        begin = time.monotonic()
        world.serve()
        started = time.monotonic() - begin
        size = int(psql(world, "select size from log_shard where shard = 1"))
        figure("start-up", round(started, 2), START_LIMIT, f"s with a log of {size:,} (baseline: the limit)")
        took = max(server_time(world, f"/v1/commitments/{code}/proof") for code in codes)
        figure("proof", round(took, 3), PROOF_LIMIT, f"ms over HTTPS from a log of {size:,} (baseline: the limit)")


if __name__ == "__main__":
    main()
