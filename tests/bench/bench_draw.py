#!/usr/bin/env python3
"""Drawing 1 % of ten million objects from the full pool, and again with sponsio-verify from the lots that are published, beside
sha256sum of the latter."""
import os
import pathlib
import subprocess
import tempfile
import time

from filing_world import figure, say

OBJECTS = int(os.environ.get("SPONSIO_BENCH_OBJECTS", "10000000"))
BINARY = pathlib.Path(os.environ["SPONSIO_BINARY"])
BUILD = BINARY.parents[2]
MEMORY_LIMIT = 256.0  # MB, whatever the size of the pool


def timed(*command):
    """Seconds and peak resident megabytes of a program."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"bench: {command[0]} failed: {said}")
    return time.monotonic() - begin, usage.ru_maxrss / 1000


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pool, statement = folder / "draw-pool.txt", folder / "draw.json"
        maker = BUILD / "tests/bench/draw_pool"
        took, _ = timed(maker, "make", folder, OBJECTS)
        full = folder / "draw-full.txt"
        say(f"a pool of {OBJECTS:,} objects ({full.stat().st_size / 1e6:.0f} MB, and {pool.stat().st_size / 1e6:.0f} MB of lots) "
            f"written in {took:.1f} s")
        timed("sha256sum", pool)  # the file is in memory now, for everybody
        baseline, _ = timed("sha256sum", pool)
        drawing, drawing_memory = timed(maker, "draw", folder)
        replay, replay_memory = timed(BINARY.with_name("sponsio-verify"), "draw", statement, "--pool", pool, "--jwks", folder / "jwks.json")
        say(f"draw.json: {statement.stat().st_size / 1e6:.0f} MB")
        what = f"of {OBJECTS:,} objects (baseline: sha256sum of the pool)"
        figure("draw", round(drawing, 2), round(baseline, 2), f"s to digest the pool and draw 1 % {what}")
        figure("draw replayed", round(replay, 2), round(baseline, 2), f"s for sponsio-verify {what}")
        for who, memory in (("draw", drawing_memory), ("draw replayed", replay_memory)):
            figure(f"{who}, memory", round(memory), MEMORY_LIMIT, "MB at most (baseline: the limit)")


if __name__ == "__main__":
    main()
