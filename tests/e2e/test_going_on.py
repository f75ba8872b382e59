"""A log whose database or head files were put back from a backup, as operators do it: it is not signed until a person says
how it goes on, and what they say is there for everybody."""
import json
import shutil
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import MADE_ON, open_matter
from sponsio_e2e.program import ProgramFailed
from sponsio_e2e.verifier import verify
from sponsio_e2e.world import World, must

WORLD = World()


def setUpModule():
    WORLD.options = ["--writers", "1"]
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def data():
    return WORLD.folder / "sponsio"


def file(key):
    draft = people.commitment(WORLD.notice_id, MADE_ON)
    return must(WORLD.client("zhang.clerk").post("/v1/commitments", draft, key=key), 201).json


def get(path):
    return must(WORLD.client().get(path), 200).body.decode()


def resume(*options):
    """(exit code, standard output, standard error)"""
    run = subprocess.run([str(o) for o in (WORLD.binary, "log", "resume", "--data", data(), *options)], capture_output=True,
                         text=True, timeout=120, check=False)
    return run.returncode, run.stdout, run.stderr


def copy(source, target):
    """With owners and times, and as other files."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


class GoingOn(unittest.TestCase):
    def setUp(self):
        self.shard = max(int(line["shard"]) for line in self.shards())
        WORLD.notice_id = open_notice()

    @staticmethod
    def shards():
        run = subprocess.run([str(WORLD.binary), "log", "list", "--data", str(data()), "--json"], capture_output=True, text=True,
                             timeout=60, check=True)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def refused_start(self, *words):
        with self.assertRaises(ProgramFailed) as caught:
            WORLD.start_server()
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_a_server_that_writes_the_shard_is_in_the_way_of_every_resume(self):
        filed = file("beside")
        before = self.shards()
        for options in ([], ["--moved"], ["--accept-loss", "--reason", "a slip of the hand"]):
            with self.subTest(options):
                code, said, words = resume("--shard", self.shard, *options)
                self.assertEqual((code, said), (1, ""))
                self.assertIn(f"A server writes shard {self.shard}; stop it first.", words)
        for now, then in zip(self.shards(), before, strict=True):
            self.assertGreaterEqual(now["size"], then["size"])  # the history of the filing may have come into the log since
            for name in now.keys() - {"size", "root", "signed_at"}:
                self.assertEqual(now[name], then[name], name)
        self.assertEqual(file("beside"), filed)
        file("after-the-refusals")

    def test_a_head_file_that_was_removed_is_missed_and_put_back(self):
        file("removed")
        WORLD.server.stop()
        head = data() / f"log/{self.shard}.head"
        head.rename(WORLD.folder / "kept.head")
        self.refused_start("nobody outside the database confirms that its", "knows nothing of it", "sponsio log resume")
        code, _, words = resume()
        self.assertNotEqual(code, 0)
        self.assertIn("knows nothing of it", words)
        # In another directory it is as good a word as in its place.
        (WORLD.folder / "old-heads").mkdir()
        (WORLD.folder / "kept.head").rename(WORLD.folder / f"old-heads/{self.shard}.head")
        self.assertEqual(resume("--from", WORLD.folder / "old-heads")[0], 0)
        WORLD.start_server()
        file("put-back")

    def test_a_move_to_other_files_is_said_and_logged(self):
        filed = file("moved")
        WORLD.server.stop()
        copy(data(), WORLD.folder / "elsewhere")
        shutil.rmtree(data())
        (WORLD.folder / "elsewhere").rename(data())  # the directory's name is of no importance; its files are
        self.refused_start("is a copy, and where it was copied from the log may have gone on")
        code, _, words = resume()
        self.assertNotEqual(code, 0)
        self.assertIn("is a copy", words)
        code, said, _ = resume("--moved", "--reason", "new machine")
        self.assertEqual((code, said), (0, f"shard {self.shard} goes on.\n"))
        WORLD.start_server()
        self.assertEqual(file("moved"), filed)
        file("after-the-move")
        told = json.loads(json.loads(get("/public/v1/log-leaves?kind=shard"))["items"][-1]["content"])
        self.assertEqual((told["how"], told["reason"]), ("moved", "new machine"))

    def test_a_backup_of_everything_goes_on_only_before_everybodys_eyes(self):
        early = file("early")
        WORLD.server.stop()
        copy(data(), WORLD.folder / "backup")
        WORLD.start_server()
        lost = file("lost")
        newest = WORLD.folder / "newest.checkpoint"
        newest.write_text(get(f"/log/{self.shard}/checkpoint"))
        vkey = WORLD.folder / "old.vkey"
        vkey.write_text(get(f"/log/{self.shard}/vkey"))
        size = int(newest.read_text().split("\n")[1])
        WORLD.server.stop()
        copy(data() / f"log/{self.shard}.head", WORLD.folder / "survivor.head")
        shutil.rmtree(data())
        copy(WORLD.folder / "backup", data())
        shutil.rmtree(WORLD.folder / "backup")

        self.refused_start("is a copy")
        (WORLD.folder / "survivors").mkdir()
        (WORLD.folder / "survivor.head").rename(WORLD.folder / f"survivors/{self.shard}.head")
        code, _, words = resume("--moved", "--from", WORLD.folder / "survivors")  # a lie that a survivor tells of
        self.assertNotEqual(code, 0)
        self.assertIn("older than what was published", words)
        code, said, words = resume("--accept-loss", "--reason", "the disk died", "--from", WORLD.folder / "survivors")
        self.assertEqual(code, 0, words)
        self.assertIn(f"shard {self.shard} has ended", said)
        WORLD.start_server()

        new = self.shard + 1
        statement = get(f"/log/{self.shard}/checkpoint")
        self.assertIn("\nended 20", statement)
        self.assertIn(f"/log/{new}\n", statement)
        self.assertIn(f"\npublished {size} ", statement)
        again = file("lost")
        self.assertEqual(again["receipt"]["shard"], new)
        self.assertNotEqual(again["commitment_code"], lost["commitment_code"])  # whose receipt is still out there
        self.assertEqual(file("early"), early)

        # Everybody sees it: in the old log, in the new one, and by name.
        told = json.loads(get("/public/v1/log-leaves?kind=shard"))["items"][-1]
        content = json.loads(told["content"])
        self.assertEqual((told["shard"], content["how"], content["reason"]), (new, "ended", "the disk died"))
        self.assertEqual(content["statement"], statement)
        url, ca = f"{WORLD.server.url}/log/", WORLD.server.certificate
        code, answer = verify("log", url + str(self.shard), "--ca", ca, "--vkey", vkey)
        self.assertEqual(code, 0, answer)
        self.assertEqual(answer["ended"]["continues"].rsplit("/", 1)[1], str(new))
        self.assertEqual(answer["ended"]["published_size"], size)
        code, answer = verify("log", url + str(self.shard), "--ca", ca, "--vkey", vkey, "--old", newest)
        self.assertEqual((code, answer["code"]), (1, "lost"))
        (WORLD.folder / "new.vkey").write_text(get(f"/log/{new}/vkey"))
        code, answer = verify("log", url + str(new), "--ca", ca, "--vkey", WORLD.folder / "new.vkey")
        self.assertEqual(code, 0, answer)
        for name, receipt, key in (("early", early, vkey), ("lost", lost, vkey), ("again", again, WORLD.folder / "new.vkey")):
            (WORLD.folder / f"{name}.json").write_text(json.dumps(receipt))
            self.assertEqual(verify("receipt", "--receipt", WORLD.folder / f"{name}.json", "--vkey", key)[0], 0, name)

        # What has ended stays so.
        code, _, words = resume("--accept-loss", "--reason", "again", "--shard", self.shard)
        self.assertNotEqual(code, 0)
        self.assertIn("has ended", words)
        self.assertEqual(resume()[:2], (0, ""))  # nothing to do
        run = subprocess.run([str(WORLD.binary), "log", "check", "--data", str(data())], capture_output=True, text=True, timeout=120,
                             check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("ended at", run.stdout)


def open_notice():
    notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "web", "language": "zh-CN"}
    return must(WORLD.client("zhang.clerk").post("/v1/notices", notice, key=True), 201).json["notice_id"]


if __name__ == "__main__":
    unittest.main()
