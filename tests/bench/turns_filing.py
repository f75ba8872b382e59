#!/usr/bin/env python3
"""Filing by two builds that are up at once and are loaded in turn: a machine that wanders by the minute meets both alike.

    turns_filing.py OTHER            OTHER: a checkout with build/bench, of another commit; prints one figure
    turns_filing.py --serve CHECKOUT what the other form starts: a server of that checkout, loaded once for each line it reads
"""
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TURNS, SECONDS = int(os.environ.get("SPONSIO_BENCH_TURNS", "20")), 3


def serve(checkout):
    """With the benchmark's world as that commit had it."""
    sys.path.insert(0, str(checkout / "tests" / "bench"))
    import filing_world
    with filing_world.Alone() as world:
        bodies = filing_world.prepare(world)
        filing_world.file_commitments(world, bodies, SECONDS)
        print("ready", flush=True)
        for _ in sys.stdin:
            load = filing_world.file_commitments(world, bodies, SECONDS)
            print(load["requests"] * 1000 / load["milliseconds"], flush=True)


class Side:
    def __init__(self, checkout):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", checkout], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"SPONSIO_BINARY": str(checkout / "build" / "bench" / "server" / "app" / "sponsio")})
        self.said()

    def said(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("turns_filing: a server ended; what it said stands above.")
        return line.strip()

    def rate(self):
        print("go", file=self.process.stdin, flush=True)
        return float(self.said())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def main(other):
    sys.path.insert(0, str(ROOT / "tests" / "bench"))
    from filing_world import figure, say
    old, new = Side(other), Side(ROOT)
    pairs = []
    for turn in range(TURNS):
        # Who goes first changes, since the one before may still be writing to the disk.
        first, second = (old, new) if turn % 2 else (new, old)
        rates = {first: first.rate()} | {second: second.rate()}
        pairs.append((rates[new], rates[old]))
        say(f"pair {turn + 1} of {TURNS}: {rates[new]:,.0f} and {rates[old]:,.0f} a second, {rates[new] / rates[old]:.3f}")
    for side in (old, new):
        side.end()
    ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    figure("filing", round(ours), round(theirs), f"commitments/s, ratio: median of {TURNS} pairs",
           ratio=statistics.median(one / another for one, another in pairs))


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(pathlib.Path(sys.argv[2]))
    else:
        main(pathlib.Path(sys.argv[1]).resolve())
