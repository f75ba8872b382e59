"""The log with two witnesses, both of which must have cosigned what is shown: judged by Go's sumdb packages, with witnesses
that stop, are killed or say nothing, and with a second history under the same name."""
import hashlib
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from sponsio_e2e import judges, people
from sponsio_e2e.client import Client
from sponsio_e2e.contract import begin
from sponsio_e2e.program import Program, ProgramFailed, wait_until
from sponsio_e2e.proxy import Road
from sponsio_e2e.toylog import NoteKey
from sponsio_e2e.verifier import verify
from sponsio_e2e.world import World, must

WORLD = World()
WITNESSES = []


class Witness:
    """A witness process behind a road of its own, so that it keeps its address when it is started again."""

    def __init__(self, name, log_vkeys):
        self.name, self.folder = name, WORLD.folder / name
        (WORLD.folder / f"{name}.logs").write_text(log_vkeys)
        self.program = None
        self.start()
        self.silence = None
        self.road = Road(lambda: self.silence or self.program.address)
        self.road.HANDSHAKE_BYTES = 600  # what is sent here is short

    def start(self):
        self.program = Program(
            self.name, [WORLD.binary, "witness", "--data", self.folder, "--name", f"{self.name}.example", "--listen",
                        "127.0.0.1:0", "--logs", WORLD.folder / f"{self.name}.logs", "--training-clock", WORLD.clock.path],
            WORLD.folder / f"{self.name}.log", ready_within=30).start()

    @property
    def vkey(self):
        return self.program.ready["vkey"]

    def last(self, origin):
        path = f"/{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"
        return must(Client(self.program).request("GET", path), 200).body.decode()

    def close(self):
        self.program.kill()
        self.road.close()


def setUpModule():
    """The log first, then witnesses that follow it, then the log again, now with witnesses."""
    WORLD.options = ["--writers", "1"]
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    file_one()
    for name in ("first", "second"):
        WITNESSES.append(Witness(name, vkeys(WORLD)))
        unittest.addModuleCleanup(WITNESSES[-1].close)
    for witness in WITNESSES:
        WORLD.options += ["--witness", f"https://{witness.road.address}", "--witness-vkey", witness.vkey, "--witness-ca",
                          witness.program.certificate]
    WORLD.options += ["--witness-quorum", "2"]
    restart()


def restart(world=None):
    world = world or WORLD
    port = int(world.server.address.rsplit(":", 1)[1])
    world.server.stop()
    world.start_server(port)


def readiness(world):
    """(status, body) from the port for operators."""
    try:
        with urllib.request.urlopen(f"http://{world.server.ops}/readyz", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def open_matter(world):
    body = {"matter_code": people.MATTER_CODE} | people.matter_version()
    must(world.client("qian.supervisor").post("/v1/matters", body, key=True), 201)
    notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "counter", "language": "zh-CN"}
    return must(world.client("zhang.clerk").post("/v1/notices", notice, key=True), 201).json["notice_id"]


def file_one(world=WORLD):
    draft = people.commitment(world.notice_id, "2026-03-02")
    return must(world.client("zhang.clerk").post("/v1/commitments", draft, key=True), 201).json


def vkeys(world):
    return must(world.client().get("/log/1/vkeys"), 200).body.decode()


def shown():
    """The checkpoint as everybody gets it; nothing while there is none with a quorum."""
    answer = WORLD.client().get("/log/1/checkpoint")
    return answer.body.decode() if answer.status == 200 else None


def size_of(checkpoint):
    return int(checkpoint.split("\n")[1]) if checkpoint else 0


def shown_beyond(index, within=20):
    return wait_until(f"a cosigned checkpoint over leaf {index}",
                      lambda: size_of(shown()) > index and shown(), within)


def logged(event):
    return [line for line in (WORLD.folder / "sponsio.log").read_text().splitlines() if f'"{event}"' in line]


def metrics(world=WORLD):
    with urllib.request.urlopen(f"http://{world.server.ops}/metrics", timeout=10) as answer:
        return answer.read().decode()


class Cosigned(unittest.TestCase):
    def judge_log(self, old=()):
        return judges.tlogcheck_log(f"{WORLD.server.url}/log/1", vkeys(WORLD), WORLD.server.certificate, old,
                                    [witness.vkey for witness in WITNESSES])

    def test_what_is_shown_was_cosigned_by_all(self):
        before = shown_beyond(file_one()["receipt"]["leaf_index"])
        for _ in range(3):
            shown_beyond(file_one()["receipt"]["leaf_index"])
        answer = self.judge_log([before])
        self.assertEqual(sorted(one["name"] for one in answer["cosigned"]), ["first.example", "second.example"])
        self.assertEqual(answer["consistent_with"], [size_of(before)])
        self.assertIn('cosign_attempts_total{outcome="cosigned",witness="first.example"}', metrics())

    def test_our_verifier_counts_the_witnesses_too(self):
        shown_beyond(file_one()["receipt"]["leaf_index"])
        (WORLD.folder / "log.vkey").write_text(vkeys(WORLD))
        asked = ["log", f"{WORLD.server.url}/log/1", "--ca", WORLD.server.certificate, "--vkey", WORLD.folder / "log.vkey"]
        for witness in WITNESSES:
            asked += ["--witness", witness.vkey]
        self.assertEqual(verify(*asked)[0], 0)
        _, stranger = NoteKey(WORLD.folder, "third.example").as_kind(4)
        self.assertEqual(verify(*asked, "--witness", stranger, "--quorum", "2")[0], 0)
        self.assertEqual(verify(*asked, "--witness", stranger)[0], 2)  # a cosignature that is lacking refutes nothing

    def test_it_is_the_checkpoint_that_the_witnesses_know(self):
        checkpoint = shown_beyond(file_one()["receipt"]["leaf_index"])
        text, signatures = checkpoint.split("\n\n", 1)
        self.assertEqual(len(signatures.splitlines()), 3)
        for witness in WITNESSES:
            known = witness.last(text.split("\n")[0])
            if size_of(known) == size_of(checkpoint):
                self.assertEqual(known.split("\n\n", 1)[0], text)
                self.assertLessEqual(set(known.split("\n\n", 1)[1].splitlines()), set(signatures.splitlines()))

    def test_a_proof_can_lead_to_what_was_cosigned(self):
        filed = file_one()
        index, path = filed["receipt"]["leaf_index"], f"/v1/commitments/{filed['commitment_code']}/proof?checkpoint=cosigned"
        clerk = WORLD.client("zhang.clerk")
        early = clerk.get(path)
        self.assertIn(early.status, (200, 409))
        if early.status == 409:
            self.assertIn("retry-after", early.headers)
        shown_beyond(index)
        proof = must(clerk.get(path), 200).body.decode()
        found = judges.tlogcheck_proof(proof, filed["receipt"]["entry"], vkeys(WORLD), [w.vkey for w in WITNESSES])
        self.assertEqual(found["index"], index)
        with self.assertRaises(judges.Refused):  # a receipt is immediate, and nobody's cosignature is on it
            judges.tlogcheck_proof(filed["receipt"]["proof"], filed["receipt"]["entry"], vkeys(WORLD), [WITNESSES[0].vkey])
        self.assertEqual(list(must(clerk.get(path.replace("cosigned", "cosign")), 422).pointers()), ["query:checkpoint"])

    def test_the_key_shown_is_the_one_of_what_is_shown(self):
        shown_beyond(file_one()["receipt"]["leaf_index"])
        self.assertIn(must(WORLD.client().get("/log/1/vkey"), 200).body.decode(), vkeys(WORLD))


class Trouble(unittest.TestCase):
    def outage(self, begin, end):
        """Filing goes on, what was cosigned stays, and all of it is cosigned when the trouble is over."""
        shown_beyond(file_one()["receipt"]["leaf_index"])
        begin()
        try:
            time.sleep(1)  # for an answer that was on its way
            before = shown()  # the log grows by itself: heads of the trails are leaves too
            started = time.monotonic()
            last = [file_one() for _ in range(20)][-1]
            took = time.monotonic() - started
            time.sleep(2)
            self.assertEqual(shown(), before)
        finally:
            end()  # or the tests after this one would have a witness less
        after = shown_beyond(last["receipt"]["leaf_index"])
        Cosigned.judge_log(self, [before])
        return took, after

    def test_the_doctor_asks_them(self):
        def told(*options):
            run = subprocess.run([str(o) for o in (WORLD.binary, "doctor", "--data", WORLD.folder / "sponsio", "--json", *options)],
                                 capture_output=True, text=True, timeout=60, check=False)
            return {c["name"]: (c["state"], c["found"]) for c in json.loads(run.stdout)["checks"] if c["name"].startswith("witness_")}

        file_one()
        well = {"witness_1_shard_1": "ok", "witness_2_shard_1": "ok"}
        # The log grows by itself, so that a look may come between a leaf and its cosignatures.
        def all_known():
            now = told(*WORLD.options)
            return {name: state for name, (state, _) in now.items()} == well and now

        found = wait_until("both know all", all_known)
        self.assertIn("entries of", found["witness_1_shard_1"][1])
        first, second = WITNESSES
        swapped = [second.vkey if option == first.vkey else first.vkey if option == second.vkey else option for option in WORLD.options]
        self.assertEqual([(state, "--witness-vkey" in words) for state, words in told(*swapped).values()], [("fail", True)] * 2)
        first.road.mode = "shut"
        try:
            found = told(*WORLD.options)
        finally:
            first.road.mode = "open"
        self.assertEqual([found[f"witness_{n}_shard_1"][0] for n in (1, 2)], ["fail", "ok"])
        self.assertIn("does not answer", found["witness_1_shard_1"][1])

    def test_a_witness_that_stops_comes_back(self):
        def end():
            witness.start()
        witness = WITNESSES[1]
        self.outage(lambda: witness.program.stop(), end)
        self.assertTrue(logged("work.round_failed"))

    def test_a_witness_that_is_killed_comes_back(self):
        for witness in WITNESSES:
            self.outage(witness.program.kill, witness.start)

    def test_a_witness_that_says_nothing_keeps_no_filer_waiting(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            def begin():
                WITNESSES[0].silence = f"127.0.0.1:{silent.getsockname()[1]}"
                WITNESSES[0].road.cut()

            def end():
                WITNESSES[0].silence = None
            took, _ = self.outage(begin, end)
        self.assertLess(took, 4)  # one silent answer takes five

    def test_an_answer_that_is_lost_is_asked_for_again(self):
        def begin():
            WITNESSES[0].road.mode = "lose_answers"

        def end():
            wait_until("an answer is lost", lambda: WITNESSES[0].road.lost > lost)
            WITNESSES[0].road.mode = "open"
        lost = WITNESSES[0].road.lost
        self.outage(begin, end)

    def test_a_restart_of_the_log_changes_nothing(self):
        before = shown_beyond(file_one()["receipt"]["leaf_index"])
        restart()
        self.assertGreaterEqual(size_of(shown()), size_of(before))
        shown_beyond(file_one()["receipt"]["leaf_index"])
        Cosigned.judge_log(self, [before])


class Fork(unittest.TestCase):
    def test_a_second_history_is_not_cosigned_and_freezes(self):
        """Another server with the same key and name, on a database of its own; it grew before the witnesses were asked."""
        known = size_of(shown_beyond(file_one()["receipt"]["leaf_index"]))
        other = World()
        self.addCleanup(other.close)
        other.folder = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-"))
        other.own_folder = True
        shutil.copytree(WORLD.folder / "sponsio/keys", other.folder / "sponsio/keys")
        other.options = ["--writers", "1"]
        other.beginning = WORLD.clock.now()  # its keys must not be from tomorrow
        other.start()
        other.notice_id = open_matter(other)
        newest = None
        while newest is None or newest["receipt"]["leaf_index"] < known:
            newest = file_one(other)
        self.assertEqual(readiness(other)[0], 200)
        other.options = WORLD.options
        restart(other)
        status, body = wait_until("it is frozen", lambda: "has seen another log" in (found := readiness(other))[1] and found)
        self.assertEqual(status, 503)
        draft = people.commitment(other.notice_id, "2026-03-02")
        refused = must(other.client("zhang.clerk").post("/v1/commitments", draft, key=True), 503)
        self.assertIn("retry-after", refused.headers)
        self.assertIn("sponsio log resume", body)
        wait_until("the metric tells", lambda: "\nlog_frozen_shards 1" in metrics(other))
        complaint = other.folder / "sponsio.log"
        self.assertIn("log.witness_refused", complaint.read_text())
        self.assertIn('outcome="refused"', metrics(other))
        must(other.client().get("/log/1/checkpoint"), 404)
        must(other.client().get("/log/1/vkey"), 404)
        path = f"/v1/commitments/{newest['commitment_code']}/proof?checkpoint=cosigned"
        self.assertIn("retry-after", must(other.client("zhang.clerk").get(path), 409).headers)
        must(other.client("zhang.clerk").get(path.replace("cosigned", "newest")), 200)
        for witness in WITNESSES:
            self.assertIn("witness.not_consistent", witness.program.log.read_text())
        shown_beyond(file_one()["receipt"]["leaf_index"])  # the first history is none the worse for it


class Places(unittest.TestCase):
    def test_witnesses_are_places_for_heads_too(self):
        """Three places, so one may be gone: a directory and both witnesses, asked before anybody is answered."""
        head = WORLD.folder / "sponsio/log/1.head"
        options, WORLD.options = WORLD.options, [*WORLD.options, "--heads", head.parent]
        self.addCleanup(restart)
        self.addCleanup(setattr, WORLD, "options", options)
        for witness in WITNESSES:
            WORLD.options += ["--heads", f"https://{witness.road.address}"]
        restart()
        origin = must(WORLD.client().get("/log/1/vkey"), 200).body.decode().split("+")[0]
        for _ in range(3):
            index = file_one()["receipt"]["leaf_index"]
            self.assertGreater(max(size_of(witness.last(origin)) for witness in WITNESSES), index)
        WITNESSES[0].program.kill()
        file_one()
        WITNESSES[1].program.kill()
        draft = people.commitment(WORLD.notice_id, "2026-03-02")
        clerk = WORLD.client("zhang.clerk")
        self.assertIn("retry-after", must(clerk.post("/v1/commitments", draft, key="nobody"), 503).headers)
        for witness in WITNESSES:
            witness.start()
        wait_until("filing goes on", lambda: clerk.post("/v1/commitments", draft, key="nobody").status == 201)
        port = int(WORLD.server.address.rsplit(":", 1)[1])
        WORLD.server.stop()
        head.unlink()  # a disk that died: the witnesses know
        WORLD.start_server(port)
        file_one()
        self.assertTrue(head.exists())
        WORLD.server.stop()
        head.unlink()
        WITNESSES[0].program.kill()
        with self.assertRaises(ProgramFailed) as caught:
            WORLD.start_server(port)
        self.assertIn("nobody outside the database confirms", str(caught.exception))
        WITNESSES[0].start()
        WORLD.start_server(port)
        file_one()


class Options(unittest.TestCase):
    def refused(self, *options):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        run = subprocess.run([WORLD.binary, "serve", "--data", folder / "s", "--listen", "127.0.0.1:0", *options],
                             capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(run.returncode, 0)
        return run.stderr

    def test_what_it_is_told_must_make_sense(self):
        key, url = WITNESSES[0].vkey, "https://witness.example"
        self.assertIn("Each --witness", self.refused("--witness", url))
        self.assertIn("named twice", self.refused(*["--witness", url, "--witness-vkey", key] * 2))
        self.assertIn("not the verifier key of a witness",
                      self.refused("--witness", url, "--witness-vkey", vkeys(WORLD).split()[0]))
        self.assertIn("more than there are",
                      self.refused("--witness", url, "--witness-vkey", key, "--witness-quorum", "2"))

    def test_a_log_without_witnesses_says_so(self):
        """The same server, started without them, shows its newest checkpoint."""
        options, WORLD.options = WORLD.options, ["--writers", "1"]
        self.addCleanup(restart)
        self.addCleanup(setattr, WORLD, "options", options)
        restart()
        filed = file_one()
        self.assertEqual(size_of(shown()), filed["receipt"]["leaf_index"] + 1)
        self.assertEqual(len(shown().split("\n\n", 1)[1].splitlines()), 1)
        path = f"/v1/commitments/{filed['commitment_code']}/proof?checkpoint=cosigned"
        must(WORLD.client("zhang.clerk").get(path), 409)
