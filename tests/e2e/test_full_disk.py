"""Disks that are full and disks that do not sync: new filings are put off with 503, nothing is half done, and all goes on
by itself when there is room again."""
import os
import shutil
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.cluster import SharedWorld
from sponsio_e2e.filing import MADE_ON, Filers, judge_receipts, open_matter, receipts_of
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import must


class FullDisk(unittest.TestCase):
    disks = {}

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("only root can mount a small disk")
        self.world = SharedWorld("--writers", "1")
        self.world.disks = self.disks
        self.addCleanup(self.world.close, quietly=True)
        self.world.start()
        self.world.notice_id = open_matter(self.world)

    def file(self, key):
        return self.world.client("zhang.clerk", "en").post("/v1/commitments", people.commitment(self.world.notice_id, MADE_ON), key=key)

    def put_off(self, key):
        answer = self.file(key)
        self.assertEqual(answer.status, 503, answer.body)
        self.assertIn("retry-after", answer.headers)
        return answer

    def meets_it_first(self, answer):
        """Whoever meets a fault of the log first does not learn the outcome; the log's own leaves may have met it before a filing does."""
        self.assertIn((answer.status, answer.problem), [(503, "outcome-unknown"), (503, "unavailable")])

    def stored(self):
        return self.world.cluster.sql("select count(*), (select sum(size) from log_shard) from commitment")

    def fill(self, place, leave=0):
        """Takes all of the disk but some bytes; answers the file to be removed."""
        ballast = self.world.folder / place / "ballast"
        size = shutil.disk_usage(ballast.parent).free - leave
        with open(ballast, "wb") as file:
            file.write(b"\0" * size)
        return ballast

    def judge(self, *filers):
        receipts = [receipt for some in filers for receipt in receipts_of(some.acknowledged())]
        judge_receipts(self, self.world.client(), self.world.server.certificate, self.world.server.url, receipts)


class StateDirectory(FullDisk):
    disks = {"heads": 1}

    def test_no_room_for_the_published_checkpoint(self):
        head = self.world.folder / "heads/1.head"
        kept = head.read_bytes()
        with open(head, "rb"):  # its room stays taken when the server makes it anew
            head.unlink()
            ballast = self.fill("heads")
            self.meets_it_first(self.put_off("full-0"))
            before = self.stored()
            for n in range(1, 5):
                self.assertEqual(self.put_off(f"full-{n}").problem, "unavailable")
        self.assertIn("No space left", (self.world.folder / "sponsio-one.log").read_text(encoding="utf-8"))
        self.assertEqual(self.stored(), before)
        ballast.unlink()
        for n in range(5):
            must(self.file(f"full-{n}"), 201)
        self.assertEqual(len(head.read_bytes()), len(kept))
        with Filers(self.world, "after") as filers:
            wait_until("it goes on", lambda: len(filers.acknowledged()) > 20)
        self.judge(filers)

    def test_the_checkpoint_does_not_sync(self):
        """What was committed meanwhile is neither denied nor stored twice."""
        must(self.file("before"), 201)
        trace = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO",
                                  "-p", str(self.world.server.process.pid)])
        try:
            first = wait_until("syncing fails", lambda: (answer := self.file(os.urandom(8).hex())).status != 201 and answer)
            self.meets_it_first(first)
            self.assertIn("retry-after", first.headers)
            at_first = self.stored()
            answer = self.put_off("not-yet")
            self.assertEqual(answer.problem, "unavailable")
            self.assertEqual(self.stored(), at_first)
        finally:
            trace.terminate()
            trace.wait(10)
        must(self.file("not-yet"), 201)
        with Filers(self.world, "after") as filers:
            wait_until("it goes on", lambda: len(filers.acknowledged()) > 20)
        self.judge(filers)


class Database(FullDisk):
    disks = {"pg": 220}

    def test_no_room_for_rows(self):
        with Filers(self.world, "before") as before:
            wait_until("some are filed", lambda: len(before.acknowledged()) > 20)
        ballast = self.fill("pg", leave=300_000)
        with Filers(self.world, "full", each=8) as full:
            wait_until("filing is put off", lambda: len(full.unsure()) > 20, within=120)
        for n in range(3):
            self.put_off(f"full-{n}")
        ballast.unlink()
        if not (self.world.cluster.data / "postmaster.pid").exists():
            self.world.cluster.start()  # without room for its own log it stops; its owner starts it again
        wait_until("filing goes on", lambda: self.file("full-0").status == 201, within=60)
        clerk = self.world.client("zhang.clerk")
        for filers in (before, full):
            for key, body in list(filers.acknowledged().items())[-50:]:
                self.assertEqual(must(self.file(key), 201).body, body)
        for key in full.unsure()[:20]:
            must(self.file(key), 201)
        codes = [c["commitment_code"] for c in clerk.all_items("/v1/commitments?limit=200")]
        self.assertEqual(len(codes), len(set(codes)))
        self.judge(before, full)


if __name__ == "__main__":
    unittest.main()
