#!/usr/bin/env python3
"""What filing feels of hostile peers: the 99th percentile at 16 connections alone, beside that of the same under four loops of handshakes,
4,000 idle connections from one address and 60 uploads that never end."""
import contextlib
import http.client
import json
import resource
import socket
import ssl
import subprocess
import threading
import uuid

from filing_world import ROOT, SECONDS, Alone, figure, prepare, say

LIMIT = 1.5  # times
HOSTILE = "127.0.0.2"


class Guarded(Alone):
    """With the limits that it has by default, but for the account that files."""

    limits = ["--rate", "account.frequent=unlimited", "--rate", "organisation.frequent=unlimited"]


def p99_of_filing(world, bodies):
    run = subprocess.run(["wrk", "-t1", "-c16", f"-d{SECONDS}s", "-s", ROOT / "tests/bench/file.lua",
                          "-H", f"Authorization: Bearer {world.tokens['bench.clerk']}", f"https://{world.server.address}/v1/commitments",
                          "--", bodies, uuid.uuid4().hex], capture_output=True, text=True, check=True)
    load = json.loads(run.stdout.splitlines()[-1])
    return load["p99_us"] / 1000, load["refused"]


def handshakes(world, stop):
    """A loop of connections that end after the handshake, of the costliest group that the server takes."""
    while not stop.is_set():
        subprocess.run(["openssl", "s_client", "-connect", world.server.address, "-groups", "P-384"], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def idle(world, held):
    host, port = world.server.address.rsplit(":", 1)
    for _ in range(4000):
        with contextlib.suppress(OSError):
            held.enter_context(socket.create_connection((host, int(port)), timeout=10, source_address=(HOSTILE, 0)))


def slow_uploads(world, held):
    host, port = world.server.address.rsplit(":", 1)
    context = ssl.create_default_context(cafile=world.server.certificate)
    target = "/v1/verifications/019cac0f-0000-7000-8000-000000000000/evidence?kind=documentary&name=x"
    for number in range(60):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPSConnection(host, int(port), timeout=10, context=context)
            held.callback(connection.close)
            connection.putrequest("POST", target)
            for name, value in {"Authorization": f"Bearer {world.tokens['bench.clerk']}", "Content-Type": "text/plain",
                                "Content-Length": str(8 << 20), "Idempotency-Key": f"slow-{number}"}.items():
                connection.putheader(name, value)
            connection.endheaders(b"x")


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with Guarded() as world:
        bodies = prepare(world)
        p99_of_filing(world, bodies)
        alone, _ = p99_of_filing(world, bodies)
        stop = threading.Event()
        loops = [threading.Thread(target=handshakes, args=(world, stop)) for _ in range(4)]
        with contextlib.ExitStack() as held:
            idle(world, held)
            slow_uploads(world, held)
            for loop in loops:
                loop.start()
            try:
                hostile, refused = p99_of_filing(world, bodies)
            finally:
                stop.set()
        for loop in loops:
            loop.join()
        say(f"p99 {hostile:.1f} ms under a hostile load, {alone:.1f} ms without; {refused} refused")
        figure("p99 of filing under a hostile load", round(hostile / alone, 2), LIMIT, "times that without (baseline: the limit)")


if __name__ == "__main__":
    main()
