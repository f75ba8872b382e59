"""A database from a backup, under a real server: nothing is signed on it, neither by one that runs nor by one that starts."""
import http.client
import json
import shutil
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.cluster import SharedWorld
from sponsio_e2e.filing import MADE_ON, Filers, judge_receipts, open_matter, receipts_of
from sponsio_e2e.program import ProgramFailed, wait_until
from sponsio_e2e.world import must

WORLD = SharedWorld("--writers", "1")
CONFIGURATION = 78  # docs/exit-codes.md; the unit's RestartPreventExitStatus has it
OLD = "its database is older than what was published"


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    WORLD.start()
    WORLD.notice_id = open_matter(WORLD)


def readiness():
    """(status, checks by name) from the port for operators."""
    connection = http.client.HTTPConnection(WORLD.server.ops, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def file(key):
    return WORLD.client("zhang.clerk", "en").post("/v1/commitments", people.commitment(WORLD.notice_id, MADE_ON), key=key)


def head():
    return WORLD.cluster.sql("select size, encode(root, 'hex') from log_shard")


class OldDatabase(unittest.TestCase):
    def refused(self, key):
        """Nothing is stored, and the filer is told when to come again."""
        answer = file(key)
        self.assertEqual(answer.status, 503, answer.body)
        self.assertIn("retry-after", answer.headers)
        return answer

    def test_a_restored_backup_is_refused_until_the_newer_one_is_back(self):
        with Filers(WORLD, "early") as early:
            wait_until("some are filed", lambda: len(early.acknowledged()) > 30)
        WORLD.cluster.save("backup")
        wait_until("the server is connected again", lambda: file("connected").status == 201)
        with Filers(WORLD, "late") as late:
            wait_until("more are filed", lambda: len(late.acknowledged()) > 30)
        WORLD.cluster.put_back("backup")
        backup = head()

        # The one that runs.
        log = WORLD.folder / "sponsio-one.log"
        wait_until("its log says why", lambda: self.refused("running") and OLD in log.read_text(encoding="utf-8"))
        for n in range(5):
            self.assertEqual(self.refused(f"still-{n}").problem, "unavailable")
        self.assertEqual(head(), backup)

        # The one that starts.
        WORLD.server.stop()
        with self.assertRaises(ProgramFailed) as caught:
            WORLD.start_one("one")
        self.assertIn(OLD, str(caught.exception))
        self.assertIn("Put the newer database back", str(caught.exception))
        self.assertEqual(head(), backup)

        WORLD.cluster.forward_again()
        WORLD.server = WORLD.start_one("one")
        # The lease in it is of a server that was cut off: its term has to end first.
        wait_until("filing can go on", lambda: readiness()[0] == 200)
        for filers in (early, late):
            for key, body in filers.acknowledged().items():
                self.assertEqual(must(file(key), 201).body, body)
        must(file("running"), 201)
        receipts = receipts_of(early.acknowledged() | late.acknowledged())
        judge_receipts(self, WORLD.client(), WORLD.server.certificate, WORLD.server.url, receipts)

    def refused_start(self, *options):
        """What a spare process with a state directory of its own says, instead of getting ready."""
        spare = WORLD.state("spare")
        if not spare.exists():
            spare.mkdir(mode=0o700)
            shutil.copytree(WORLD.state("one") / "keys", spare / "keys")
        uri = WORLD.cluster.uri.replace("host=", f"host={WORLD.cluster.folder},")
        run = subprocess.run([str(a) for a in (WORLD.binary, "serve", "--database", uri, "--state", spare, "--listen", "127.0.0.1:0",
                                               "--ops", "127.0.0.1:0", "--training-clock", WORLD.clock.path, *options)],
                             capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(run.returncode, 0, run.stderr)
        return run.returncode, run.stderr

    def unconfirmed(self, *options):
        """A start that no service manager should repeat."""
        code, words = self.refused_start(*options)
        self.assertIn("nobody outside the database confirms", words)
        self.assertEqual(code, CONFIGURATION, words)

    def test_a_database_of_another_version_is_not_tried_again(self):
        WORLD.cluster.sql("create database empty", database="postgres")
        self.addCleanup(WORLD.cluster.sql, "drop database empty", database="postgres")
        run = subprocess.run([str(a) for a in (WORLD.binary, "serve", "--database", WORLD.cluster.uri.replace("///sponsio", "///empty"), "--state",
                                               WORLD.state("one"), "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0")],
                             capture_output=True, text=True, timeout=60, check=False)
        self.assertIn("sponsio migrate", run.stderr)
        self.assertEqual(run.returncode, CONFIGURATION, run.stderr)

    def test_a_spare_process_signs_nothing_that_nobody_confirms(self):
        must(file("before-the-spare-one"), 201)
        self.assertIn("synchronous_standby_names is empty", self.refused_start()[1])
        self.unconfirmed("--heads", WORLD.folder / "own-heads")
        WORLD.cluster.sql("alter system set synchronous_standby_names = 'other'")
        WORLD.cluster.sql("select pg_reload_conf()")
        self.addCleanup(WORLD.cluster.sql, "select pg_reload_conf()")
        self.addCleanup(WORLD.cluster.sql, "alter system reset synchronous_standby_names")
        wait_until("the setting counts", lambda: WORLD.cluster.sql("show synchronous_standby_names") == ["other"])
        self.unconfirmed()

    def test_a_flipped_bit_is_found_while_the_server_runs(self):
        filed = must(file("before"), 201).json
        index = filed["receipt"]["leaf_index"]
        flip = ("update commitment set content_digest = set_bit(content_digest, 3, 1 - get_bit(content_digest, 3)) "
                f"where code = '{filed['commitment_code']}'")
        WORLD.cluster.sql(flip)
        status, text = wait_until("the check finds it", lambda: (found := readiness())[0] == 503 and found, within=60)
        self.assertEqual(status, 503)
        self.assertIn(f"shard 1 is frozen: entry {index} does not say what the row of", text)
        self.assertIn("log.damaged", (WORLD.folder / "sponsio-one.log").read_text(encoding="utf-8"))
        size = head()
        self.refused("after")
        self.assertEqual(head(), size)
        # A person has looked and put it right.
        WORLD.cluster.sql(flip)
        WORLD.cluster.sql("update log_shard set frozen_why = null")
        must(file("after"), 201)
        self.assertEqual(readiness()[0], 200)
        self.assertEqual(json.loads(file("before").body)["receipt"]["shard"], 1)


if __name__ == "__main__":
    unittest.main()
