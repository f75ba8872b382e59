#!/usr/bin/env python3
"""What one agency feels of another: the 99th percentile of a single filer alone, beside that of the same while another agency files in
bulk, and while it files on 1,000 connections."""
import http.client
import json
import ssl
import subprocess
import threading
import time
import uuid

from filing_world import ROOT, SECONDS, Alone, figure, prepare, say

from sponsio_e2e import people
from sponsio_e2e.world import OTHER_AGENCY, must

LIMIT = 3.0  # times


class Neighbours(Alone):
    def start(self):
        super().start()
        self.command("organisation", "add", "--uscc", OTHER_AGENCY, "--name", "示例区公证处", "--kind", "service_body", "--region", "110105")
        self.command("account", "add", "--organisation", OTHER_AGENCY, "--login", "neighbour", "--name", "neighbour", "--role", "clerk",
                     "--role", "supervisor")
        self.tokens["neighbour"] = self.command("account", "token", "--login", "neighbour")["token"]
        return self


def notice_of(world, login, matter):
    caller = world.client(login)
    must(caller.post("/v1/matters", {"matter_code": matter} | people.matter_version(), key=True), 201)
    return must(caller.post("/v1/notices", {"matter_code": matter, "matter_version": 1, "channel": "counter", "language": "zh-CN"}, key=True), 201).json


class OneFiler:
    """Files on one connection, one after the other."""

    def __init__(self, world, notice):
        host, port = world.server.address.rsplit(":", 1)
        context = ssl.create_default_context(cafile=world.server.certificate)
        self.connection = http.client.HTTPSConnection(host, int(port), timeout=60, context=context)
        self.head = {"Authorization": f"Bearer {world.tokens['neighbour']}", "Content-Type": "application/json"}
        self.body = json.dumps(people.commitment(notice["notice_id"], notice["issued_at"][:10])).encode()

    def p99(self, seconds):
        """Milliseconds; and every answer that was not 201."""
        times, refused, end = [], 0, time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.monotonic()
            self.connection.request("POST", "/v1/commitments", self.body, self.head | {"Idempotency-Key": str(uuid.uuid4())})
            answer = self.connection.getresponse()
            answer.read()
            times.append((time.monotonic() - begun) * 1000)
            refused += answer.status != 201
        times.sort()
        return times[len(times) * 99 // 100], refused


def in_bulk(world, bodies, stop):
    text = bodies.read_bytes()
    while not stop.is_set():
        world.client("bench.clerk").request("POST", "/v1/commitments/bulk", text, {"Content-Type": "application/x-ndjson",
                                                                                   "Idempotency-Key": str(uuid.uuid4())}, timeout=300)


def on_many_connections(world, bodies, seconds):
    return subprocess.Popen(["wrk", "-t1", "-c1000", f"-d{seconds}s", "-s", ROOT / "tests/bench/file.lua",
                             "-H", f"Authorization: Bearer {world.tokens['bench.clerk']}", f"https://{world.server.address}/v1/commitments",
                             "--", bodies, uuid.uuid4().hex], stdout=subprocess.DEVNULL)


def show(name, alone, beside):
    (p99, refused) = beside
    say(f"{name}: p99 {p99:.1f} ms, {refused} refused; alone {alone:.1f} ms")
    figure(f"p99 of a single filer, {name}", round(p99 / alone, 2), LIMIT, f"times that of one alone; {refused} refused")


def main():
    with Neighbours() as world:
        bodies = prepare(world)
        filer = OneFiler(world, notice_of(world, "neighbour", "NEIGHBOUR-1"))
        filer.p99(1)
        alone, _ = filer.p99(SECONDS)
        stop = threading.Event()
        floods = [threading.Thread(target=in_bulk, args=(world, bodies, stop)) for _ in range(4)]
        for flood in floods:
            flood.start()
        time.sleep(1)
        beside = filer.p99(SECONDS)
        stop.set()
        show("beside four bulk filings", alone, beside)
        for flood in floods:
            flood.join()
        flood = on_many_connections(world, bodies, SECONDS + 4)
        time.sleep(3)
        show("beside 1,000 connections", alone, filer.p99(SECONDS))
        flood.wait()


if __name__ == "__main__":
    main()
