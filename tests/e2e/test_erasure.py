"""What was erased is gone: here at once, and in every copy once the sealing key is destroyed that had wrapped it."""
import json
import os
import pathlib
import signal
import subprocess
import unittest

from sponsio_e2e import judges
from sponsio_e2e.case import SUBJECT, checked, filed, reported_case
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.identifiers import citizen_number
from sponsio_e2e.program import binaries, wait_until
from sponsio_e2e.world import AGENCY, OTHER_AGENCY, World, must

WORLD = World()
BASIS = "《中华人民共和国个人信息保护法》第四十七条"
OTHER = {"kind": "natural_person", "name": "端木例二", "document": {"type": "citizen_id", "number": citizen_number("11010519820203002")}}


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    WORLD.add_person("b.administrator", OTHER_AGENCY, "乙管理", ["administrator"])
    WORLD.add_person("a.administrator", AGENCY, "甲管理", ["administrator"])


def data():
    return WORLD.folder / "sponsio"


def sponsio(*arguments, place=True):
    words = [WORLD.binary, *arguments, *(("--data", data()) if place else ())]
    return subprocess.run([str(a) for a in words], capture_output=True, text=True, timeout=240, check=False)


def told(*arguments, place=True):
    """The JSON documents that a command prints, one a line."""
    run = sponsio(*arguments, "--json", place=place)
    if run.returncode != 0:
        raise AssertionError(f"sponsio {' '.join(map(str, arguments))} ended with {run.returncode}: {run.stderr[-2000:]}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def asked(*whose, reason="consent_withdrawn"):
    return told("erase", "request", *whose, "--reason", reason, "--basis", BASIS, "--training-clock", WORLD.clock.path)


def sealing_keys():
    return [key["kid"] for key in told("key", "list") if key["purpose"] == "sealing"]


def fulfilled(committer):
    """A promise that was kept: nothing of it is open."""
    filing = filed(WORLD, committer)
    checked(WORLD, filing, result="consistent")
    return filing["commitment_code"]


def login():
    words = (data() / "postgres" / "postmaster.pid").read_text().split("\n")
    return {"PGHOST": words[4], "PGPORT": words[3], "PGUSER": "sponsio_cluster"}


def sql(text):
    run = subprocess.run([binaries() / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", "sponsio"], input=text, capture_output=True, text=True,
                         timeout=60, check=True, env=os.environ | login())
    return run.stdout.splitlines()


def data_keys():
    """Of each data key in the database: (table, column, place in the table) -> wrapped, in hex. What is sealed under it does not move."""
    columns = [line.split("|") for line in sql("select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relkind = 'r' "
                                               "and c.relnamespace = 'public'::regnamespace and a.attname ~ 'wrapped_key$'")]
    found = {}
    for table, column in columns:
        key = sql(
            f"select string_agg(a.attname, ', ') from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) "
            f"where i.indrelid = '{table}'::regclass and i.indisprimary")[0]
        for line in sql(f"select row({key})::text, encode({column}, 'hex') from {table} where {column} is not null"):
            place, wrapped = line.rsplit("|", 1)
            found[table, column, place] = wrapped
    return found


def sealed(table, column, label, where):
    return [dict(zip(("wrapped", "content"), line.split("|"))) | {"label": label}
            for line in sql(f"select encode(wrapped_key, 'hex'), encode({column}, 'hex') from {table} where {where}")]


def opened(values, sealing, keys=None):
    """What Node opens of the values with these sealing keys (the text of sealing.json) and the passphrase of this store."""
    keys = keys or data() / "keys"
    return judges.unseal((keys / "manifest.json").read_text(), sealing, (data() / "keys/passphrase").read_text(),
                         "".join(json.dumps(value) + "\n" for value in values))["opened"]


def holds(folder, needle):
    return [path for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file() and needle in path.read_bytes()]


class Erasure(unittest.TestCase):
    def setUp(self):
        self.admin = WORLD.client("root.admin")

    def test_no_file_of_database_log_or_backup_opens_with_the_keys_that_are_left(self):
        wal, base, backups = (WORLD.folder / name for name in ("wal", "base", "backups"))
        for folder in (wal, backups):
            folder.mkdir(mode=0o700)
        receiver = subprocess.Popen(["pg_receivewal", "-D", str(wal), "--no-loop"], env=os.environ | login(), stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        self.addCleanup(receiver.wait, 60)
        self.addCleanup(receiver.send_signal, signal.SIGINT)
        case = reported_case(WORLD)
        kept = fulfilled(OTHER)
        code, record = case["commitment_code"], case["record_id"]
        told("record", "status", "--record", record, "--status", "invalid", "--why", "法院判决", "--training-clock", WORLD.clock.path)
        subprocess.run(["pg_basebackup", "-D", str(base), "-c", "fast"], check=True, env=os.environ | login(), capture_output=True, timeout=120)
        self.assertEqual(sponsio("backup", backups / "one").returncode, 0)
        before, old_sealing = data_keys(), (data() / "keys/sealing.json").read_text()
        promise = sealed("commitment", "sealed", f"commitment.sealed:{code}", f"code = '{code}'")
        kept_promise = sealed("commitment", "sealed", f"commitment.sealed:{kept}", f"code = '{kept}'")
        text = opened(promise, old_sealing)[0]["text"]
        self.assertIn(SUBJECT["name"], text)
        self.assertIn(SUBJECT["document"]["number"], text)

        (erasure,) = asked("--commitment", code)
        path = f"/v1/erasures/{erasure['erasure_id']}"
        must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{code}"), 200)
        done = must(self.admin_of_the_agency().post(f"{path}/confirmation"), 200).json
        self.assertEqual((done["state"], done["sealing_keys"]), ("erased", sealing_keys()))
        self.assert_gone(case)

        after = data_keys()
        taken = {place: wrapped for place, wrapped in before.items() if place not in after}
        self.assertGreaterEqual({table for table, _, _ in taken}, {
            "commitment", "evidence", "verification_task", "finding", "finding_statement", "document", "service_of_document", "record_draft",
            "credit_record", "status_change", "submission_record", "submission_batch"})
        values = [{"wrapped": wrapped} for wrapped in taken.values()]
        self.assertNotIn(None, opened(values, old_sealing))  # until the sealing key ends, copies of them open

        self.assertEqual(sponsio("key", "rotate", "--purpose", "sealing").returncode, 0)
        wait_until("the old sealing key is destroyed", lambda: len(sealing_keys()) == 1, within=90)
        wait_until("the erasure is finished", lambda: [e for e in told("erase", "list") if e["erasure_id"] == erasure["erasure_id"]][0]["state"] == "finished",
                   within=30)
        self.assertEqual(sponsio("backup", backups / "two").returncode, 0)
        sql("checkpoint; select pg_switch_wal(); checkpoint;")
        wait_until("the write-ahead log is archived", lambda: len(list(wal.glob("*[0-9A-F]"))) > 0, within=60)

        # The copies are there, and open with nothing that is left, beside the database or beside the backups.
        copies = [wrapped for wrapped in taken.values() if any(holds(folder, bytes.fromhex(wrapped)) for folder in (base, wal))]
        self.assertEqual(len(copies), len(taken))
        (beside_backups,) = backups.glob("sealing-*.json")
        for sealing, keys in (((data() / "keys/sealing.json").read_text(), None), (beside_backups.read_text(), backups / "one/keys"),
                              (beside_backups.read_text(), backups / "two/keys")):
            self.assertEqual([one for one in opened(values + promise, sealing, keys) if one], [])
            self.assertIn(OTHER["name"], opened(sealed("commitment", "sealed", f"commitment.sealed:{kept}", f"code = '{kept}'"), sealing, keys)[0]["text"])
            self.assertEqual(opened(kept_promise, sealing, keys), [None])  # as it was wrapped before
        for secret in json.loads(old_sealing)["secrets"]:
            for folder in (data(), base, wal, backups):
                self.assertEqual(holds(folder, secret["wrapped"].encode()), [], "the old sealing key still lies somewhere")
        for word in (SUBJECT["name"], SUBJECT["document"]["number"]):
            for folder in (data(), base, wal, backups):
                self.assertEqual(holds(folder, word.encode()), [])

        self.assert_gone(case)
        must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{kept}"), 200)
        self.assert_sound(record)
        self.put_back(backups / "two", kept)

    def admin_of_the_agency(self):
        return WORLD.client("a.administrator")

    def assert_gone(self, case):
        clerk = WORLD.client("zhang.clerk")
        for login, path in (("zhang.clerk", f"/v1/commitments/{case['commitment_code']}"), ("zhang.clerk", f"/v1/findings/{case['finding_id']}"),
                            ("qian.supervisor", f"/v1/records/{case['record_id']}"),
                            ("zhang.clerk", f"/v1/documents/{case['document_id']}")):
            self.assertEqual(WORLD.client(login).get(path).problem, "gone", path)
        self.assertEqual(WORLD.client("li.verifier").get(f"/v1/verifications/{case['task_id']}").problem, "gone")
        # Lists go on, and the person is found by none.
        self.assertNotIn(case["record_id"], [r["record_id"] for r in must(WORLD.client("sun.integrator").get("/v1/records?limit=200"), 200).json["items"]])
        found = must(clerk.post("/v1/searches?limit=200", {"document": SUBJECT["document"]}), 200).json["items"]
        self.assertNotIn(case["commitment_code"], [one["commitment_code"] for one in found])
        must(clerk.get("/v1/findings?limit=200"), 200)
        must(WORLD.client("qian.supervisor").get(f"/v1/submissions/{case['batch_no']}"), 200)

    def assert_sound(self, record):
        """Status lists are signed, and everything that is stored fits what was logged."""
        must(WORLD.client().get("/v1/status-lists/1"), 200)
        checked_log = sponsio("log", "check")
        self.assertIn("Everything that is stored fits", checked_log.stdout, checked_log.stderr)

    def put_back(self, backup, code):
        """The last backup is one: with the sealing keys beside it, what was not erased opens."""
        new = WORLD.folder / "put-back"
        run = sponsio("restore", backup, "--data", new, place=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual((new / "keys/sealing.json").read_text(), (data() / "keys/sealing.json").read_text())
        moved = WORLD.folder / "no-sealing-keys"
        moved.mkdir()
        (backup.rename(moved / backup.name))
        refused = sponsio("restore", moved / backup.name, "--data", WORLD.folder / "not-put-back", place=False)
        self.assertEqual((refused.returncode, (WORLD.folder / "not-put-back").exists()), (66, False), refused.stderr)
        self.assertIn("--sealing-keys", refused.stderr)
        self.assertTrue(code)

    def test_it_takes_two_and_the_second_is_above_the_case(self):
        code = fulfilled(OTHER)
        (erasure,) = asked("--commitment", code, reason="purpose_achieved")
        path = f"/v1/erasures/{erasure['erasure_id']}"
        self.assertEqual(WORLD.client("zhang.clerk").post(f"{path}/confirmation").problem, "forbidden")
        stranger = WORLD.client("b.administrator")
        self.assertEqual(stranger.post(f"{path}/confirmation").problem, "not-found")
        self.assertNotIn(erasure["erasure_id"], [e["erasure_id"] for e in must(stranger.get("/v1/erasures?limit=200"), 200).json["items"]])
        refused = must(self.admin.post(f"{path}/refusal"), 200).json
        self.assertEqual((refused["state"], refused["decided_by"]), ("refused", WORLD.accounts["root.admin"]))
        self.assertEqual(self.admin.post(f"{path}/confirmation").problem, "wrong-step")
        must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{code}"), 200)
        self.assertIn(refused, must(self.admin.get("/v1/erasures?limit=200"), 200).json["items"])

    def test_what_is_open_is_not_erased(self):
        filing = filed(WORLD, OTHER)
        run = sponsio("erase", "request", "--commitment", filing["commitment_code"], "--reason", "ordered", "--basis", BASIS)
        self.assertEqual(run.returncode, 1)
        self.assertIn("open", run.stderr)
        run = sponsio("erase", "request", "--reason", "ordered", "--basis", BASIS)
        self.assertEqual(run.returncode, 64)

    def test_all_cases_of_a_person_by_their_document(self):
        somebody = {"kind": "natural_person", "name": "端木例三", "document": {"type": "citizen_id", "number": citizen_number("11010519820203003")}}
        codes = [fulfilled(somebody) for _ in range(2)]
        paper = WORLD.folder / "document.json"
        paper.write_text(json.dumps(somebody["document"]))
        rows = asked("--document-file", paper)
        self.assertEqual(sorted(row["commitment_code"] for row in rows), sorted(codes))
        for row in rows:
            must(self.admin.post(f"/v1/erasures/{row['erasure_id']}/confirmation"), 200)
        for code in codes:
            self.assertEqual(WORLD.client("zhang.clerk").get(f"/v1/commitments/{code}").problem, "gone")
        nobody = sponsio("erase", "request", "--document-file", paper, "--reason", "ordered", "--basis", BASIS)
        self.assertEqual(nobody.returncode, 1)


if __name__ == "__main__":
    unittest.main()
