"""A draw among ten thousand commitments, with the server killed at every turn: the end is the same."""
import json
import os
import pathlib
import shutil
import tempfile
import unittest

from sponsio_e2e import judges
from sponsio_e2e.contract import judge_exchanges
from sponsio_e2e.drawing import Drawing
from sponsio_e2e.pages import Page
from sponsio_e2e.telling import Silence
from sponsio_e2e.verifier import VERIFY, verify
from sponsio_e2e.world import ROOT, World, must

WORLD = World()


def kill(where):
    """No time to tidy up; then it starts again at the same address."""
    port = int(WORLD.server.address.rsplit(":", 1)[1])
    WORLD.server.kill()
    WORLD.start_server(port)
    WORLD.killed.append(where)


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    WORLD.artefacts, WORLD.killed = pathlib.Path(folder.name), []
    WORLD.options = ["--writers", "1"]
    WORLD.start()
    unittest.addModuleCleanup(judge_exchanges, WORLD)
    WORLD.drawing = Drawing(WORLD, WORLD.artefacts, Silence(), upset=kill)
    WORLD.drawing.tell()


class Drawn(unittest.TestCase):
    def test_it_was_killed_at_every_turn(self):
        self.assertEqual(WORLD.killed, ["preparing", "input given", "recused 1", "recused 2"])

    def file(self, name):
        return WORLD.artefacts / name

    def test_sponsio_verify_replays_it(self):
        status, answer = verify("draw", self.file("draw.json"), "--pool", self.file("draw-pool.txt"), "--jwks", self.file("jwks.json"),
                                "--proof", self.file("draw.tlog-proof"), "--vkey", self.file("log.vkey"))
        self.assertEqual((status, answer["ok"]), (0, True), answer)

    def test_a_better_draw_is_refused_by_both(self):
        """A lot that was drawn is left out, and another takes the place."""
        statement = json.loads(self.file("draw.json").read_text())
        statement["result"][0]["object"] = statement["result"][1]["object"]
        with tempfile.TemporaryDirectory() as folder:
            forged = pathlib.Path(folder) / "draw.json"
            forged.write_text(json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")
            status, answer = verify("draw", forged, "--pool", self.file("draw-pool.txt"))
            self.assertEqual((status, answer["ok"]), (1, False))
            with self.assertRaises(judges.Refused):
                judges.replay_draw(forged, self.file("draw-pool.txt"), self.file("jwks.json"))

    def test_a_shorter_pool_is_refused_by_both(self):
        with tempfile.TemporaryDirectory() as folder:
            shorter = pathlib.Path(folder) / "draw-pool.txt"
            shutil.copy(self.file("draw-pool.txt"), shorter)
            lines = shorter.read_bytes().splitlines(keepends=True)
            shorter.write_bytes(b"".join(lines[:-1]))
            self.assertEqual(verify("draw", self.file("draw.json"), "--pool", shorter)[0], 1)
            with self.assertRaises(judges.Refused):
                judges.replay_draw(self.file("draw.json"), shorter, self.file("jwks.json"))

    def test_whoever_may_see_the_full_pool_repeats_all_of_it(self):
        status, answer = verify("draw", self.file("draw.json"), "--pool", self.file("draw-pool.txt"), "--full", self.file("draw-full.txt"))
        self.assertEqual((status, answer["ok"]), (0, True), answer)
        self.assertIn("who inspects each, after 2 recusals", json.dumps(answer))
        judges.replay_draw(self.file("draw.json"), self.file("draw-pool.txt"), self.file("jwks.json"), self.file("draw-full.txt"))

    def test_the_receipt_opens_what_the_pool_holds(self):
        status, answer = verify("draw", self.file("draw.json"), "--pool", self.file("draw-pool.txt"), "--opening", self.file("draw-opening.json"))
        self.assertEqual((status, answer["ok"]), (0, True), answer)
        self.assertEqual(answer["opened"], json.loads(self.file("draw-opening.json").read_text())["object"])

    def test_the_commands_of_the_manual(self):
        page = Page(ROOT, "docs/verify.md", __file__)
        self.assertEqual(page.run(0, WORLD.artefacts, PATH=f"{VERIFY.parent}:{os.environ['PATH']}").count("Proven: "), 4)
        page.hold_all_ran()

    def test_both_leaves_are_in_the_log(self):
        leaves = [leaf for leaf in WORLD.client().all_items("/public/v1/log-leaves?kind=draw")
                  if leaf["subject"] == WORLD.drawing.draw_id]
        stages = [json.loads(leaf["content"])["stage"] for leaf in leaves]
        self.assertEqual(stages, ["committed", "revealed", "revealed", "revealed"])
        places = [(leaf["shard"], leaf["leaf_index"]) for leaf in leaves]
        self.assertEqual(places, sorted(places))
        vkey = must(WORLD.client().get("/log/1/vkey"), 200).body.decode()
        judges.tlogcheck_log(f"{WORLD.server.url}/log/1", vkey, WORLD.server.certificate)

    def test_every_drawn_check_is_with_two_people_or_says_why_not(self):
        drawn = WORLD.client("jin.chief").all_items("/v1/verifications?queue=unit&limit=200")
        self.assertEqual(len(drawn) + 1, len(WORLD.drawing.statement["result"]))  # one is closed
        for task in drawn:
            self.assertEqual(len(task["inspectors"]), 2, task)
            self.assertEqual(task["draw_id"], WORLD.drawing.draw_id)
            self.assertIn("drawn", [reason["reason"] for reason in task["reasons"]])


if __name__ == "__main__":
    unittest.main()
