"""A day of filing, by the contract alone: versions that are announced, promises that come late, notices for one person, files that
are mended and sent again, and what can be known before anything is signed."""
import datetime
import json
import random
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.world import World, must

WORLD = World()
BULK = "/v1/commitments/bulk"
TODAY = "2026-03-02"


def setUpModule():
    begin(WORLD)


def version(**changes):
    return people.matter_version() | changes


def notice_draft(code, **changes):
    return {"matter_code": code, "channel": "counter", "language": "zh-CN"} | changes


def citizen(number):
    """A resident with an invented number whose check character is right."""
    digits = f"110105199{number % 10}0101{number // 10 % 1000:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
    return {"kind": "natural_person", "name": "示例居民", "document": {"type": "citizen_id", "number": digits + check}}


class Day(unittest.TestCase):
    def setUp(self):
        self.clerk, self.supervisor = WORLD.client("zhang.clerk", "en"), WORLD.client("qian.supervisor")

    def open_matter(self, code, **given_to):
        must(self.supervisor.post("/v1/matters", {"matter_code": code} | version(), key=True), 201)
        return must(self.clerk.post("/v1/notices", notice_draft(code, **given_to), key=True), 201).json["notice_id"]

    def add_version(self, code, seen=None, **changes):
        seen = seen or self.clerk.get(f"/v1/matters/{code}").headers["etag"]
        return self.supervisor.post(f"/v1/matters/{code}/versions", version(**changes), key=True, headers={"If-Match": seen})

    def file(self, notice_id, made_on=TODAY, **changes):
        return self.clerk.post("/v1/commitments", people.commitment(notice_id, made_on) | changes, key=True)

    def refused(self, answer, status, problem, pointers=None):
        self.assertEqual((answer.status, answer.problem), (status, problem), answer.body)
        if pointers is not None:
            self.assertEqual(answer.pointers(), pointers)
        return answer.json["detail"] if "detail" in answer.json else ""


class Versions(Day):
    def test_a_version_entered_ahead_of_its_day_closes_nothing(self):
        notice_id = self.open_matter("GAP-1")
        must(self.add_version("GAP-1", demanding_unit="示例区住房保障二中心", valid_from="2027-06-01"), 201)
        must(self.file(notice_id), 201)
        given = must(self.clerk.post("/v1/notices", notice_draft("GAP-1", matter_version=1), key=True), 201).json
        self.assertEqual((given["good_until"], given["superseded_by"]), ("2027-07-01", {"version": 2, "first_day": "2027-06-01"}))
        detail = self.refused(self.clerk.post("/v1/notices", notice_draft("GAP-1", matter_version=2), key=True), 409, "notice-stale")
        self.assertIn("Version 1 of the matter is in force today, since ", detail)
        shown = must(self.clerk.get("/v1/matters/GAP-1"), 200)
        self.assertEqual((shown.json["version"], shown.json["newest_version"]), (1, 2))
        self.assertEqual(shown.json["announced"], [{"version": 2, "first_day": "2027-06-01"}])
        listed = [m for m in self.clerk.all_items("/v1/matters") if m["matter_code"] == "GAP-1"]
        self.assertEqual([(m["version"], m["newest_version"]) for m in listed], [(1, 2)])
        # Its ETag is what the next version needs, and that of an earlier look is not.
        changes = {"demanding_unit": "示例区住房保障三中心", "valid_from": "2027-01-01"}
        self.refused(self.add_version("GAP-1", seen='"1"', **changes), 412, "precondition-failed")
        must(self.add_version("GAP-1", seen=shown.headers["etag"], **changes), 201)

    def test_a_notice_that_was_handed_out_outlives_its_version_for_a_while(self):
        notice_id = self.open_matter("GAP-2")
        self.assertIsNone(must(self.clerk.get(f"/v1/notices/{notice_id}"), 200).json["good_until"])
        must(self.add_version("GAP-2", demanding_unit="示例区住房保障二中心"), 201)
        self.assertEqual(must(self.clerk.get(f"/v1/notices/{notice_id}"), 200).json["good_until"], "2026-04-01")
        self.assertEqual(must(self.file(notice_id), 201).json["matter_version"], 1)
        self.assertEqual(must(self.clerk.get("/v1/matters/GAP-2"), 200).json["version"], 2)

    def test_a_version_that_says_the_same_is_refused(self):
        notice_id = self.open_matter("GAP-3")
        same = WORLD.client("qian.supervisor", "en").post("/v1/matters/GAP-3/versions", version(), key=True, headers={"If-Match": '"1"'})
        self.assertIn("Version 1 says exactly this", self.refused(same, 409, "conflict"))
        must(self.file(notice_id), 201)


class Promises(Day):
    def test_is_not_made_before_its_notice(self):
        notice_id = self.open_matter("EARLY-1")
        before = WORLD.stored()
        detail = self.refused(self.file(notice_id, "2026-03-01"), 422, "invalid", {"/made_on": "before_notice"})
        self.assertIn(TODAY, detail)
        self.refused(self.file(notice_id, "1800-01-01"), 422, "invalid", {"/made_on": "before_notice"})
        self.assertEqual(WORLD.stored(), before)

    def test_a_notice_for_one_person_serves_nobody_else(self):
        to = {"kind": "person", "name": people.RESIDENT["name"], "document": people.RESIDENT["document"]}
        notice_id = self.open_matter("ONE-1", given_to=to)
        self.refused(self.file(notice_id, committer=citizen(7)), 422, "invalid", {"/committer/document/number": "other_recipient"})
        must(self.file(notice_id), 201)
        self.assertEqual(must(self.clerk.get(f"/v1/notices/{notice_id}"), 200).json["given_to"], to)
        unread = must(WORLD.client("zhou.auditor").get(f"/v1/notices/{notice_id}"), 404)
        self.assertNotIn(people.RESIDENT["name"].encode(), unread.body)

    def test_an_open_notice_serves_a_group(self):
        notice_id = self.open_matter("GROUP-1", given_to={"kind": "open", "group": "2026年公租房申请人"})
        for number in (1, 2):
            must(self.file(notice_id, committer=citizen(number)), 201)
        self.refused(self.clerk.post("/v1/notices", notice_draft("GROUP-1", given_to={"kind": "person"}), key=True), 422, "invalid",
                     {"/given_to": "nobody_named"})


class Files(Day):
    """Of 60 rows some are bad; they are mended, a row is put in at the top, and the file is sent again."""

    def send(self, rows, key, query=""):
        body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        lines = must(self.clerk.post_bytes(BULK + query, body, "application/x-ndjson", key), 200).body.decode().splitlines()
        answers = [json.loads(line) for line in lines]
        return [a for a in answers if "line" in a], [a["progress"] for a in answers if "progress" in a], answers[-1]["summary"]

    def row(self, notice_id, number, **changes):
        return people.commitment(notice_id, TODAY) | {
            "committer": citizen(number), "client_reference": f"SL-2026/{number:04d}", "reason": f"第{number}件"} | changes

    def test_a_file_in_which_a_row_moved_is_filed_once(self):
        notice_id = self.open_matter("MOVED-1")
        rows = [self.row(notice_id, n) for n in range(60)]
        bad = random.Random(13).sample(range(60), 12)
        broken = [row | {"made_on": "2026-03-03"} if n in bad else row for n, row in enumerate(rows)]
        checked, _, summary = self.send(broken, "file", "?validate_only=true")
        self.assertEqual(summary, {"lines": 60, "filed": 0, "replayed": 0, "valid": 48, "refused": 12, "complete": True})
        self.assertEqual({a["line"] - 1 for a in checked if "problem" in a}, set(bad))
        first, _, summary = self.send(broken, "file")
        self.assertEqual(summary, {"lines": 60, "filed": 48, "replayed": 0, "valid": 0, "refused": 12, "complete": True})
        again, _, summary = self.send([self.row(notice_id, 60)] + rows, "file")
        self.assertEqual(summary, {"lines": 61, "filed": 13, "replayed": 48, "valid": 0, "refused": 0, "complete": True})
        codes = [a["commitment_code"] for a in again]
        self.assertEqual(len(set(codes)), 61)
        self.assertEqual([a["commitment_code"] for a in first if "problem" not in a],
                         [code for n, code in enumerate(codes[1:]) if n not in bad])
        _, _, summary = self.send(rows, "another-key")
        self.assertEqual((summary["filed"], summary["replayed"]), (0, 60))
        found = must(self.clerk.get("/v1/commitments?client_reference=SL-2026/0060"), 200).json["items"]
        self.assertEqual([f["commitment_code"] for f in found], codes[:1])
        self.assertEqual(must(self.clerk.get("/v1/commitments?client_reference=NONE"), 200).json["items"], [])
        other = must(WORLD.client("wu.other").get("/v1/commitments?client_reference=SL-2026/0060"), 200).json["items"]
        self.assertEqual(other, [])

    def test_a_reference_with_other_content_is_refused_and_named(self):
        notice_id = self.open_matter("MOVED-2")
        code = must(self.file(notice_id, client_reference="X-1"), 201).json["commitment_code"]
        detail = self.refused(self.file(notice_id, client_reference="X-1", reason="另一事由"), 422, "invalid",
                              {"/client_reference": "reference_taken"})
        self.assertIn(code, detail)
        again = must(self.file(notice_id, client_reference="X-1"), 201)
        self.assertEqual((again.json["commitment_code"], again.headers["idempotency-replayed"]), (code, "true"))
        answers, _, summary = self.send([people.commitment(notice_id, TODAY) | {"client_reference": "X-1", "reason": "另一事由"}], True)
        self.assertEqual(answers[0]["problem"]["errors"][0]["reason"], "reference_taken")
        self.assertEqual((summary["lines"], summary["refused"]), (1, 1))
        self.refused(self.file(notice_id, client_reference=people.RESIDENT["document"]["number"]), 422, "invalid",
                     {"/client_reference": "holds_identity_number"})

    def test_says_on_its_way_how_far_it_is(self):
        notice_id = self.open_matter("FAR-1")
        answers, progress, summary = self.send([people.commitment(notice_id, TODAY)] * 2500, True, "?progress=true")
        self.assertEqual((len(answers), summary["filed"]), (2500, 2500))
        self.assertEqual(len(progress), 2)
        self.assertTrue(1000 <= progress[0]["filed"] < progress[1]["filed"] < 2500)
        refused = self.clerk.post_bytes(BULK + "?progress=yes&validate_only=1", b"", "application/x-ndjson", True)
        self.refused(refused, 422, "invalid", {"query:progress": "unknown_value", "query:validate_only": "unknown_value"})


class BeforeTheSignature(Day):
    def test_a_draft_can_be_checked_only(self):
        notice_id = self.open_matter("CHECK-1")
        path, draft = "/v1/commitments?validate_only=true", people.commitment(notice_id, TODAY)
        before = self.clerk.all_items("/v1/commitments")
        self.assertEqual(must(self.clerk.post(path, draft, key=True), 200).json,
                         {"validate_only": True, "matter_code": "CHECK-1", "matter_version": 1, "state": "effective", "filed_as": None})
        self.refused(self.clerk.post(path, draft | {"made_on": "2026-03-01"}, key=True), 422, "invalid", {"/made_on": "before_notice"})
        self.assertEqual(self.clerk.all_items("/v1/commitments"), before)

    def test_may_this_person_promise_today(self):
        self.open_matter("ASK-1")
        question = {"matter_code": "ASK-1", "committer": people.RESIDENT, "purpose": "eligibility"}
        self.refused(self.clerk.post("/v1/eligibility-questions", question | {"purpose": "audit"}), 422, "invalid", {"/purpose": "unknown_value"})
        answer = must(self.clerk.post("/v1/eligibility-questions", question), 200).json
        self.assertEqual((answer["eligible"], answer["obstacles"], answer["on"]), (True, [], TODAY))
        after = must(self.clerk.post("/v1/eligibility-questions", question), 200).json
        self.assertEqual(after["questions_left"], answer["questions_left"] - 1)
        self.refused(self.clerk.post("/v1/eligibility-questions", question | {"matter_code": "NONE"}), 422, "invalid",
                     {"/matter_code": "no_such_thing"})
        self.assertEqual(WORLD.client("li.verifier").post("/v1/eligibility-questions", question).problem, "forbidden")
        asked = [e for e in WORLD.client("zhou.auditor").all_items("/v1/audit-events") if e["lifecycle"] == "eligibility"]
        self.assertIn(("asked", "answered", "official", "ASK-1"), [(e["event"], e["to"], e["actor_kind"], e["why"]) for e in asked])
        self.assertNotIn(people.RESIDENT["document"]["number"], json.dumps(asked))

    def test_the_announced_matter_is_not_in_force(self):
        must(self.supervisor.post("/v1/matters", {"matter_code": "ASK-2"} | version(valid_from="2026-06-01"), key=True), 201)
        answer = must(self.clerk.post("/v1/eligibility-questions", {"matter_code": "ASK-2", "committer": people.RESIDENT, "purpose": "eligibility"}), 200).json
        self.assertEqual([o["obstacle"] for o in answer["obstacles"]], ["not_in_force"])
        self.assertFalse(answer["eligible"])


class Counter(Day):
    def test_notice_and_promise_in_one_call(self):
        self.open_matter("COUNTER-1")
        request = {"notice": {"matter_code": "COUNTER-1"}, "commitment": {"committer": citizen(5), "reason": people.REASON}}
        first = must(self.clerk.post("/v1/commitments/counter", request, key="at-the-counter"), 201)
        notice, filed = first.json["notice"], first.json["commitment"]
        self.assertEqual(notice["given_to"], {"kind": "person", "name": citizen(5)["name"], "document": citizen(5)["document"]})
        self.assertEqual((filed["notice_id"], filed["made_on"]), (notice["notice_id"], TODAY))
        self.assertEqual(must(self.clerk.get(first.headers["location"]), 200).json, filed)
        again = must(self.clerk.post("/v1/commitments/counter", request, key="at-the-counter"), 201)
        self.assertEqual((again.json, again.headers["idempotency-replayed"]), (first.json, "true"))
        before = WORLD.stored()
        wrong = request | {"commitment": request["commitment"] | {"reason": "", "colour": "blue"}}
        self.refused(self.clerk.post("/v1/commitments/counter", wrong, key=True), 422, "invalid",
                     {"/commitment/reason": "empty", "/commitment/colour": "unknown_field"})
        self.refused(self.clerk.post("/v1/commitments/counter", request | {"notice": {"matter_code": "NONE"}}, key=True), 422,
                     "invalid", {"/notice/matter_code": "no_such_thing"})
        self.assertEqual(WORLD.stored(), before)


class WhenItIsLate(Day):
    """The last of this file by name, since it moves the clock on for good."""

    def test_a_promise_entered_late_says_why(self):
        notice_id = self.open_matter("LATE-1")
        WORLD.clock.move_to(datetime.datetime(2026, 3, 9, 1, tzinfo=datetime.timezone.utc))
        detail = self.refused(self.file(notice_id), 422, "invalid", {"/late_reason": "late"})
        self.assertIn("filing.entry", detail)
        filed = must(self.file(notice_id, late_reason="大雪封路，材料邮寄迟到"), 201).json
        self.assertEqual(filed["commitment_code"][6:14], "20260302")  # the day it was made
        shown = must(self.clerk.get(f"/v1/commitments/{filed['commitment_code']}"), 200).json
        self.assertEqual(shown["late_reason"], "大雪封路，材料邮寄迟到")
        self.assertEqual(json.loads(shown["receipt"]["content"])["late_reason"], "大雪封路，材料邮寄迟到")
        events = WORLD.client("zhou.auditor").all_items(f"/v1/audit-events?subject={filed['commitment_code']}")
        self.assertEqual([e["why"] for e in events], ["entered late"])

    def test_another_version_makes_a_notice_old_in_the_end(self):
        notice_id = self.open_matter("OLD-1")
        must(self.add_version("OLD-1", demanding_unit="示例区住房保障二中心", valid_from="2026-04-01"), 201)
        WORLD.clock.move_to(datetime.datetime(2026, 5, 2, 1, tzinfo=datetime.timezone.utc))
        detail = self.refused(self.file(notice_id, "2026-05-02"), 409, "notice-stale")
        self.assertIn("Version 2 of the matter is in force since 2026-04-01", detail)
        self.assertIn("made up to 2026-05-01: give a new notice of version 2", detail)
        self.assertEqual(must(self.file(notice_id, "2026-05-01"), 201).json["matter_version"], 1)


if __name__ == "__main__":
    unittest.main()
