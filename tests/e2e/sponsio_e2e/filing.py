"""Filing without end, whatever happens meanwhile, and what must hold of everything that was acknowledged."""
import hashlib
import http.client
import json
import ssl
import threading
import time

from . import judges, people
from .client import Client
from .world import must

MADE_ON = "2026-03-02"


def open_matter(world):
    """A matter, and a notice from it that can be answered any number of times."""
    supervisor, clerk = world.client("qian.supervisor"), world.client("zhang.clerk")
    must(supervisor.post("/v1/matters", {"matter_code": people.MATTER_CODE} | people.matter_version(), key=True), 201)
    notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "web", "language": "zh-CN"}
    return must(clerk.post("/v1/notices", notice, key=True), 201).json["notice_id"]


def agreed_matter(world, proposer, second, code, version):
    """A matter whose checks another unit makes, or nobody: proposed by one, accepted by another."""
    proposal = must(world.client(proposer).post("/v1/matters", {"matter_code": code} | version, key=True), 202).json
    path, second = f"/v1/matter-proposals/{proposal['proposal_id']}", world.client(second)
    waiting = second.all_items("/v1/matter-proposals?state=proposed")
    if must(second.get(path), 200).json != proposal or proposal not in waiting:
        raise AssertionError(f"{path} should wait for a second person as it was proposed")
    return must(second.post(f"{path}/decision", {"accepted": True, "why": "由该单位统一核查"}), 200).json


class Filer(threading.Thread):
    """Files commitment after commitment, each under its own key, and remembers what was acknowledged.

    `program()` is the server to file at, asked anew each time.
    """

    def __init__(self, world, name, program=None):
        super().__init__(daemon=True)
        self.world, self.label, self.program = world, name, program or (lambda: world.server)
        self.acknowledged, self.unsure, self.stopping = {}, [], False

    def client(self):
        return Client(self.program(), self.world.tokens["zhang.clerk"], self.world.recorder)

    def file(self, key):
        return self.client().post("/v1/commitments", people.commitment(self.world.notice_id, MADE_ON), key=key)

    def run(self):
        number = 0
        while not self.stopping:
            number += 1
            key = f"{self.label}-{number}"
            try:
                answer = self.file(key)
            except (OSError, http.client.HTTPException, ssl.SSLError):
                self.unsure.append(key)
                time.sleep(0.05)
                continue
            if answer.status == 201:
                self.acknowledged[key] = answer.body
            else:
                self.unsure.append(key)
                time.sleep(0.02)


class Filers:
    """Several of them, from `with` to the end of it."""

    def __init__(self, world, name, programs=(None,), each=2):
        self.all = [Filer(world, f"{name}-{p}-{n}", program) for p, program in enumerate(programs) for n in range(each)]

    def __enter__(self):
        for filer in self.all:
            filer.start()
        return self

    def __exit__(self, kind, value, trace):
        for filer in self.all:
            filer.stopping = True
        for filer in self.all:
            filer.join(60)

    def acknowledged(self):
        """Key -> body of the answer."""
        return {key: body for filer in self.all for key, body in list(filer.acknowledged.items())}

    def unsure(self):
        return [key for filer in self.all for key in list(filer.unsure)]


def receipts_of(acknowledged):
    return [json.loads(body)["receipt"] for body in list(acknowledged.values())]


def judge_receipts(case, client, certificate, url, receipts):
    """Go's sumdb packages follow each shard's log from its first entry on: every receipt's checkpoint is a past of it,
    every proof shows its entry, and no entry serves two receipts."""
    places = {(receipt["shard"], receipt["leaf_index"]) for receipt in receipts}
    case.assertEqual(len(places), len(receipts))
    for shard in sorted({receipt["shard"] for receipt in receipts}):
        mine = [receipt for receipt in receipts if receipt["shard"] == shard]
        vkey = must(client.get(f"/log/{shard}/vkey"), 200).body.decode()
        signed = {receipt["proof"].split("\n\n", 1)[1]: receipt for receipt in mine}
        old = sorted(signed, key=lambda checkpoint: int(checkpoint.split("\n")[1]))
        whole = judges.tlogcheck_log(f"{url}/log/{shard}", vkey, certificate, old)
        case.assertEqual(whole["consistent_with"], [int(checkpoint.split("\n")[1]) for checkpoint in old])
        for receipt in mine:
            case.assertEqual(json.loads(receipt["entry"])["digest"], hashlib.sha256(receipt["content"].encode()).hexdigest())
            case.assertEqual(judges.tlogcheck_proof(receipt["proof"], receipt["entry"], vkey)["index"], receipt["leaf_index"])
