"""The log as anybody can follow it: receipts from the answers, the whole log over HTTPS, and its past, judged by Go's
sumdb packages."""
import concurrent.futures
import hashlib
import json
import unittest

from sponsio_e2e import judges, people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.world import World, must

WORLD = World()


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def file_one(_=None):
    filed = WORLD.client("zhang.clerk").post("/v1/commitments", people.commitment(WORLD.notice_id, "2026-03-02"), key=True)
    return must(filed, 201).json


def file_many(count):
    """Commitments filed from 16 sides at once, so that several share a round."""
    with concurrent.futures.ThreadPoolExecutor(16) as filers:
        return list(filers.map(file_one, range(count)))


def read(shard, name):
    return must(WORLD.client().get(f"/log/{shard}/{name}"), 200).body.decode()


def vkeys_of(shard):
    """Every key the shard was ever signed with, one to a line."""
    return read(shard, "vkeys")


def size_of(checkpoint):
    return int(checkpoint.split("\n")[1])


class TheLog(unittest.TestCase):
    def judge_receipt(self, receipt, vkeys):
        """The content in the answer is what was logged, and the proof shows it under a signed checkpoint."""
        digest = hashlib.sha256(receipt["content"].encode()).hexdigest()
        self.assertEqual(json.loads(receipt["entry"])["digest"], digest)
        answer = judges.tlogcheck_proof(receipt["proof"], receipt["entry"], vkeys)
        self.assertEqual(answer["index"], receipt["leaf_index"])
        return answer

    def judge_log(self, shard, old=()):
        base = f"{WORLD.server.url}/log/{shard}"
        return judges.tlogcheck_log(base, vkeys_of(shard), WORLD.server.certificate, old)

    def test_everything_is_provable_also_after_a_restart(self):
        filed = file_many(120)
        shards = sorted({one["receipt"]["shard"] for one in filed})
        first = {shard: read(shard, "checkpoint") for shard in shards}
        filed += file_many(120)
        second = {shard: read(shard, "checkpoint") for shard in shards}
        port = int(WORLD.server.address.rsplit(":", 1)[1])
        WORLD.server.stop()
        WORLD.start_server(port)
        filed += file_many(360)
        vkeys = {shard: vkeys_of(shard) for shard in shards}
        for one in filed:
            self.judge_receipt(one["receipt"], vkeys[one["receipt"]["shard"]])
        logged = 0
        for shard in shards:
            answer = self.judge_log(shard, [first[shard], second[shard]])
            self.assertEqual(answer["consistent_with"], [size_of(first[shard]), size_of(second[shard])])
            self.assertGreater(answer["size"], size_of(second[shard]))
            logged += answer["size"]
        self.assertGreaterEqual(logged, len(filed))
        places = {(one["receipt"]["shard"], one["receipt"]["leaf_index"]) for one in filed}
        self.assertEqual(len(places), len(filed))

    def test_every_receipt_holds_a_checkpoint_of_the_log(self):
        """What a receipt was signed under is a past of the log, not one made for the filer alone."""
        receipts = [one["receipt"] for one in file_many(40)]
        for shard in {receipt["shard"] for receipt in receipts}:
            signed = {r["proof"].split("\n\n", 1)[1] for r in receipts if r["shard"] == shard}
            self.judge_log(shard, sorted(signed, key=size_of))

    def test_the_log_holds_while_it_grows(self):
        shard = file_one()["receipt"]["shard"]
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            growing = beside.submit(file_many, 200)
            rounds = 0
            while rounds < 3 or not growing.done():
                self.judge_log(shard)
                rounds += 1
            growing.result()

    def test_a_proof_can_be_had_later_too(self):
        filed = file_one()
        receipt, path = filed["receipt"], f"/v1/commitments/{filed['commitment_code']}/proof"
        then = size_of(receipt["proof"].split("\n\n", 1)[1])
        file_many(20)
        clerk, vkeys = WORLD.client("zhang.clerk"), vkeys_of(receipt["shard"])
        newest = size_of(read(receipt["shard"], "checkpoint"))
        for query, least, most in (("", newest, 2**48), (f"?checkpoint={then}", then, then)):
            proof = must(clerk.get(path + query), 200).body.decode()
            answer = judges.tlogcheck_proof(proof, receipt["entry"], vkeys)
            self.assertEqual(answer["index"], receipt["leaf_index"])
            self.assertTrue(least <= answer["size"] <= most, answer)

    def test_what_an_old_key_signed_verifies_for_ever(self):
        receipt = file_one()["receipt"]
        shard = receipt["shard"]
        before, old_key = read(shard, "checkpoint"), read(shard, "vkey")
        port = int(WORLD.server.address.rsplit(":", 1)[1])
        WORLD.server.stop()
        WORLD.command("key", "rotate", "--purpose", "log", "--overlap", "0", "--training-clock", WORLD.clock.path)
        WORLD.start_server(port)
        self.assertTrue(any(file_one()["receipt"]["shard"] == shard for _ in range(200)))
        self.assertNotEqual(read(shard, "vkey"), old_key)
        self.judge_receipt(receipt, old_key)
        self.judge_log(shard, [before])
        with self.assertRaises(judges.Refused):
            judges.tlogcheck_log(f"{WORLD.server.url}/log/{shard}", old_key, WORLD.server.certificate)

    def test_a_receipt_proves_nothing_else(self):
        mine, other = (one["receipt"] for one in file_many(2))
        with self.assertRaises(judges.Refused):
            judges.tlogcheck_proof(mine["proof"], other["entry"], vkeys_of(mine["shard"]))
        with self.assertRaises(judges.Refused):
            judges.tlogcheck_proof(mine["proof"].replace("index ", "index 1"), mine["entry"], vkeys_of(mine["shard"]))

    def test_the_public_log_says_nothing_of_people(self):
        receipt = file_one()["receipt"]
        fields = json.loads(receipt["entry"])
        self.assertEqual(set(fields), {"kind", "time", "digest"})
        self.assertNotIn(people.RESIDENT["document"]["number"], receipt["entry"])
