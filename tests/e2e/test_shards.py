"""Two real processes on one database: each writes its own shard of the log, and one takes over what the other leaves."""
import http.client
import os
import signal
import time
import unittest

from sponsio_e2e import people
from sponsio_e2e.client import Client
from sponsio_e2e.cluster import SharedWorld
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import Filers, judge_receipts, open_matter, receipts_of
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import must

WORLD = SharedWorld("--shards", "2", "--writers", "1")


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    WORLD.start_one("two")


def at(name):
    return lambda: WORLD.servers[name]


def shards_of(filers):
    """Where what was filed was logged."""
    return {receipt["shard"] for receipt in receipts_of(filers.acknowledged())}


def counted(filers, at_program):
    """Those that file at the nth of the programs, each with how many it has filed so far."""
    return {filer: len(filer.acknowledged) for filer in filers.all if filer.label.split("-")[1] == str(at_program)}


def logged_since(counts):
    """Shards of what they filed since they were counted."""
    return {receipt["shard"] for filer, count in counts.items() for receipt in receipts_of(filer.acknowledged)[count:]}


def readiness_of(program):
    """Status and body of /readyz."""
    connection = http.client.HTTPConnection(program.ops, timeout=10)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def both_write(name):
    """Waits until each process has a shard, and tells which: {"one": 1, "two": 2}."""
    def found():
        own = {}
        for program in ("one", "two"):
            with Filers(WORLD, f"{name}-{program}-{time.monotonic_ns()}", [at(program)], each=1) as filers:
                wait_until("it files", lambda filers=filers: len(filers.acknowledged()) > 3)
            if len(shards := shards_of(filers)) == 1:
                own[program] = shards.pop()
        return own if len(set(own.values())) == 2 else None
    return wait_until("each process writes one shard", found, within=20)


class Shards(unittest.TestCase):
    def judge(self, *all_filers):
        """Of everything that was acknowledged, by whoever is there now."""
        receipts = [receipt for filers in all_filers for receipt in receipts_of(filers.acknowledged())]
        server = next(program for program in WORLD.servers.values() if program.running())
        WORLD.server = server
        judge_receipts(self, WORLD.client(), server.certificate, server.url, receipts)
        clerk = WORLD.client("zhang.clerk")
        codes = [c["commitment_code"] for c in clerk.all_items("/v1/commitments?limit=200")]
        self.assertEqual(len(codes), len(set(codes)))
        for filers in all_filers:
            for filer in filers.all:
                filer.program = lambda: server
                for key in list(filer.acknowledged)[-3:] + filer.unsure[-3:]:
                    again = must(filer.file(key), 201)
                    self.assertEqual(again.body, filer.acknowledged.get(key, again.body))

    def test_each_writes_its_own(self):
        own = both_write("own")
        with Filers(WORLD, "each", [at("one"), at("two")]) as filers:
            wait_until("both file", lambda: len(filers.acknowledged()) > 200)
        self.assertEqual(shards_of(filers), {1, 2})
        for filer, name in zip(filers.all, ("one", "one", "two", "two"), strict=True):
            self.assertEqual({receipt["shard"] for receipt in receipts_of(filer.acknowledged)}, {own[name]})
        self.judge(filers)

    def test_a_killed_one_is_taken_over_and_comes_back(self):
        own = both_write("kill")
        with Filers(WORLD, "takeover", [at("one"), at("two")]) as filers:
            wait_until("both file", lambda: len(filers.acknowledged()) > 50)
            WORLD.servers["two"].kill()
            struck = time.monotonic()
            left = counted(filers, 0)
            wait_until("the other writes its shard", lambda: own["two"] in logged_since(left), within=10, every=0.05)
            self.assertLess(time.monotonic() - struck, 5)
            WORLD.start_one("two")
            back = counted(filers, 1)
            wait_until("the one that came back files", lambda: logged_since(back), within=20)
        self.judge(filers)
        both_write("again")

    def test_one_that_slept_through_it_signs_no_second_log(self):
        """Stopped in the middle of whatever it did, its shard written by another meanwhile: once because its session was ended,
        and else because its term was over, its session being there all the time."""
        own = both_write("sleep")
        with Filers(WORLD, "sleeper", [at("one"), at("two")], each=3) as filers:
            wait_until("both file", lambda: len(filers.acknowledged()) > 60)
            for turn in range(3):
                sleeper = WORLD.servers["two"].process.pid
                os.kill(sleeper, signal.SIGSTOP)
                if turn == 0 and (pid := WORLD.leases().get(own["two"])) is not None:
                    WORLD.end_session(pid)
                left = counted(filers, 0)
                wait_until("the other writes its shard", lambda left=left, own=own: own["two"] in logged_since(left), within=10)
                os.kill(sleeper, signal.SIGCONT)
                count = len(filers.acknowledged())
                wait_until("both go on", lambda count=count: len(filers.acknowledged()) > count + 30, within=20)
                own = both_write("wake")
        self.judge(filers)

    def test_a_spare_says_so_at_once(self):
        both_write("spare")
        WORLD.start_one("spare")
        try:
            spare = WORLD.servers["spare"]
            wait_until("it says that it is one", lambda: b"is a spare" in readiness_of(spare)[1], within=10)
            self.assertEqual(readiness_of(spare)[0], 503)
            clerk = Client(spare, WORLD.tokens["zhang.clerk"], language="en")
            for _ in range(2):
                began = time.monotonic()
                refused = clerk.post("/v1/commitments", people.commitment(WORLD.notice_id, "2026-03-02"), key=True)
                took = time.monotonic() - began
                self.assertEqual((refused.status, refused.problem), (503, "not-the-writer"))
                self.assertIn("is a spare", refused.json["title"])
                self.assertTrue(refused.headers["retry-after"])
            self.assertLess(took, 2)
        finally:
            WORLD.servers.pop("spare").stop()

    def test_leases_that_are_taken_away_all_the_time(self):
        both_write("thief")
        with Filers(WORLD, "robbed", [at("one"), at("two")]) as filers:
            for _ in range(15):
                for pid in WORLD.leases().values():
                    WORLD.end_session(pid)
                time.sleep(0.3)
            count = len(filers.acknowledged())
            wait_until("they go on", lambda: len(filers.acknowledged()) > count + 50)
        self.judge(filers)


if __name__ == "__main__":
    unittest.main()
