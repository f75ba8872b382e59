"""Bad input of every kind is refused with a problem document that points at every wrong field, and stores nothing."""
import datetime
import json
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import judge_exchanges
from sponsio_e2e.identifiers import citizen_number, uscc
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import AGENCY, DISTRICT, World, instant, must

WORLD = World()


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    WORLD.start()
    unittest.addModuleCleanup(judge_exchanges, WORLD)
    supervisor, clerk = WORLD.client("qian.supervisor"), WORLD.client("zhang.clerk")
    must(supervisor.post("/v1/matters", {"matter_code": people.MATTER_CODE} | people.matter_version(), key=True), 201)
    WORLD.notice_id = must(clerk.post("/v1/notices", notice(), key=True), 201).json["notice_id"]


def notice(version=1):
    return {"matter_code": people.MATTER_CODE, "matter_version": version, "channel": "counter", "language": "zh-CN"}


def commitment(**changes):
    return people.commitment(WORLD.notice_id, "2026-03-02") | changes


def committer(kind="citizen_id", number="11010519491231002X", **changes):
    return {"kind": "natural_person", "name": "欧阳娜娜", "document": {"type": kind, "number": number}} | changes


class BadInput(unittest.TestCase):
    def setUp(self):
        self.clerk = WORLD.client("zhang.clerk")

    def refused(self, answer, status, problem, pointers=None):
        self.assertEqual((answer.status, answer.problem), (status, problem), answer.body[:600])
        if pointers is not None:
            self.assertEqual(answer.pointers(), pointers)
        return answer

    def refused_commitment(self, body, pointers, problem="invalid", status=422):
        """Posts bytes or a value as a commitment; it must be refused and nothing be there afterwards."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        before = len(self.clerk.all_items("/v1/commitments"))
        answer = self.clerk.request("POST", "/v1/commitments", data,
                                    {"Content-Type": "application/json", "Idempotency-Key": self.id()})
        self.refused(answer, status, problem, pointers)
        self.assertEqual(len(self.clerk.all_items("/v1/commitments")), before)

    # ------------------------------------------------------------------------------------------------------- fields
    def test_wrong_check_digit_of_a_person(self):
        self.refused_commitment(commitment(committer=committer(number="360426199101010072")),
                                {"/committer/document/number": "check_digit"})

    def test_wrong_check_character_of_an_organisation(self):
        right = uscc("91350100M000100Y4")
        wrong = right[:-1] + ("3" if right[-1] != "3" else "4")
        self.refused_commitment(commitment(committer=committer("uscc", wrong, kind="organisation", name="示例公司")),
                                {"/committer/document/number": "check_digit"})

    def test_impossible_birth_date_in_a_number(self):
        self.refused_commitment(commitment(committer=committer(number=citizen_number("11010519490231002"))),
                                {"/committer/document/number": "impossible_date"})

    def test_impossible_date(self):
        self.refused_commitment(commitment(made_on="2026-02-30"), {"/made_on": "impossible_date"})

    def test_a_date_in_another_form(self):
        self.refused_commitment(commitment(made_on="2026/03/02"), {"/made_on": "bad_format"})

    def test_every_bad_field_at_once(self):
        body = commitment(made_on="2026-02-30", reason="", committer=committer(number="1"), colour="blue")
        del body["notice_id"]
        self.refused_commitment(body, {"/notice_id": "required", "/made_on": "impossible_date", "/reason": "empty",
                                       "/committer/document/number": "bad_format", "/colour": "unknown_field"})

    def test_unknown_field_inside(self):
        self.refused_commitment(commitment(committer=committer(nickname="娜娜")), {"/committer/nickname": "unknown_field"})

    def test_wrong_type(self):
        self.refused_commitment(commitment(reason=17), {"/reason": "wrong_type"})

    def test_too_long(self):
        self.refused_commitment(commitment(reason="很" * 513), {"/reason": "too_long"})

    def test_a_notice_that_does_not_exist(self):
        self.refused_commitment(commitment(notice_id="019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10"), {"/notice_id": "no_such_thing"})

    def test_unknown_region(self):
        admin = WORLD.client("root.admin")
        body = {"uscc": uscc("12110105000000099"), "name": "无此区", "kind": "government", "region_code": "999999",
                "parent_uscc": AGENCY}
        self.refused(admin.post("/v1/organisations", body, key=True), 422, "invalid", {"/region_code": "unknown_region"})
        self.refused(admin.get(f"/v1/organisations/{body['uscc']}"), 404, "not-found")

    # --------------------------------------------------------------------------------------------------------- JSON
    def test_a_member_twice(self):
        text = json.dumps(commitment()).replace('"reason":', '"reason": "甲", "reason":')
        self.refused_commitment(text.encode(), None, "bad-json", 400)

    def test_nul_in_a_string(self):
        self.refused_commitment(json.dumps(commitment()).replace('"reason": "', '"reason": "\\u0000').encode(), None, "bad-json", 400)

    def test_lone_surrogate(self):
        self.refused_commitment(json.dumps(commitment()).replace('"reason": "', '"reason": "\\ud800').encode(), None, "bad-json", 400)

    def test_bytes_that_are_no_utf8(self):
        self.refused_commitment(json.dumps(commitment()).encode().replace(b'"reason": "', b'"reason": "\xff'), None, "bad-json", 400)

    def test_cut_short(self):
        self.refused_commitment(json.dumps(commitment()).encode()[:-2], None, "bad-json", 400)

    def test_nested_too_deep(self):
        self.refused_commitment(b"[" * 5000 + b"]" * 5000, None, "bad-json", 400)

    def test_not_an_object(self):
        self.refused_commitment(b"[]", {"": "wrong_type"})

    # --------------------------------------------------------------------------------------------------------- HTTP
    def test_ten_megabytes(self):
        body = b'{"reason":"' + b"x" * (10 << 20) + b'"}'
        self.refused(self.clerk.request("POST", "/v1/commitments", body, {"Content-Type": "application/json", "Idempotency-Key": "big"}),
                     413, "too-large")

    def test_wrong_content_type(self):
        answer = self.clerk.request("POST", "/v1/commitments", b"<a/>", {"Content-Type": "application/xml", "Idempotency-Key": "x"})
        self.refused(answer, 415, "media-type")

    def test_no_idempotency_key(self):
        self.refused(self.clerk.post("/v1/commitments", commitment()), 400, "idempotency-key-missing")

    def test_no_such_route_and_method(self):
        self.refused(self.clerk.get("/v1/nothing"), 404, "not-found")
        self.refused(self.clerk.delete("/v1/commitments"), 405, "method-not-allowed")

    def test_a_bad_cursor_and_limit(self):
        self.refused(self.clerk.get("/v1/commitments?cursor=!"), 422, "invalid", {"query:cursor": "bad_format"})
        self.refused(self.clerk.get("/v1/commitments?limit=0"), 422, "invalid", {"query:limit": "out_of_range"})

    def test_the_language_of_a_refusal(self):
        zh = self.clerk.post("/v1/commitments", commitment(reason=""), key=True).json
        en = WORLD.client("zhang.clerk", "en").post("/v1/commitments", commitment(reason=""), key=True).json
        self.assertEqual(zh["errors"][0]["detail"], "不得为空")
        self.assertEqual(en["errors"][0]["detail"], "must not be empty")

    # ----------------------------------------------------------------------------------------------------- who asks
    def test_no_token_and_a_wrong_one(self):
        self.refused(WORLD.client().get("/v1/commitments"), 401, "unauthenticated")
        clerk = WORLD.client("zhang.clerk")
        clerk.token = "spn_" + "A" * 43
        self.refused(clerk.get("/v1/commitments"), 401, "unauthenticated")

    def test_a_token_that_was_revoked(self):
        clerk, token_id = self.fresh_token()
        must(clerk.get("/v1/me"), 200)
        must(WORLD.client("root.admin").delete(f"/v1/tokens/{token_id}"), 204)
        self.refused(clerk.get("/v1/me"), 401, "token-expired")

    def test_a_token_that_expired(self):
        clerk, _ = self.fresh_token(expires_at=instant(WORLD.clock.now() + datetime.timedelta(minutes=30)))
        must(clerk.get("/v1/me"), 200)
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(minutes=31))
        wait_until("the token is refused", lambda: clerk.get("/v1/me").problem == "token-expired", within=10)

    def fresh_token(self, **body):
        account = must(self.clerk.get("/v1/me"), 200).json["account"]["account_id"]
        token = must(WORLD.client("root.admin").post(f"/v1/accounts/{account}/tokens", body, key=True), 201).json
        clerk = WORLD.client("zhang.clerk")
        clerk.token = token["token"]
        return clerk, token["token_id"]

    def test_a_role_that_may_not(self):
        self.refused(WORLD.client("zhao.decider").post("/v1/commitments", commitment(), key=True), 403, "forbidden")
        self.refused(self.clerk.get("/v1/audit-events"), 403, "forbidden")

    def test_a_foreign_organisations_objects(self):
        code = must(self.clerk.post("/v1/commitments", commitment(), key=True), 201).json
        other = WORLD.client("wu.other")
        self.refused(other.get(f"/v1/commitments/{code['commitment_code']}"), 404, "not-found")
        self.refused(other.get(f"/v1/notices/{WORLD.notice_id}"), 404, "not-found")
        self.refused(other.get(f"/v1/matters/{people.MATTER_CODE}"), 404, "not-found")
        self.refused(other.get(f"/v1/verifications/{code['verification']['task_id']}"), 404, "not-found")
        self.refused(other.post(f"/v1/verifications/{code['verification']['task_id']}/claim"), 404, "not-found")
        self.refused(other.post("/v1/commitments", commitment(), key=True), 422, "invalid", {"/notice_id": "no_such_thing"})
        self.assertEqual(other.all_items("/v1/commitments"), [])

    # ----------------------------------------------------------------------------------------------------- procedure
    def test_a_missing_notice_point(self):
        body = {"matter_code": "INCOMPLETE-1"} | people.matter_version(complete=False)
        must(WORLD.client("qian.supervisor").post("/v1/matters", body, key=True), 201)
        self.refused(self.clerk.post("/v1/notices", notice() | {"matter_code": "INCOMPLETE-1"}, key=True), 422,
                     "notice-incomplete", {"/notice/publicity_period": "missing_point"})

    def test_a_stale_notice_version_and_a_stale_etag(self):
        supervisor = WORLD.client("qian.supervisor")
        body = {"matter_code": "MOVING-1"} | people.matter_version()
        etag = must(supervisor.post("/v1/matters", body, key=True), 201).headers["etag"]
        path = "/v1/matters/MOVING-1/versions"
        old = must(self.clerk.post("/v1/notices", notice() | {"matter_code": "MOVING-1"}, key=True), 201).json
        self.refused(supervisor.post(path, people.matter_version(), key=True), 428, "precondition-required")
        must(supervisor.post(path, people.matter_version(), key=True, headers={"If-Match": etag}), 201)
        self.refused(supervisor.post(path, people.matter_version(), key=True, headers={"If-Match": etag}), 412, "precondition-failed")
        self.refused(self.clerk.post("/v1/notices", notice() | {"matter_code": "MOVING-1"}, key=True), 409, "notice-stale")
        self.refused_commitment(commitment(notice_id=old["notice_id"]), None, "notice-stale", 409)

    def test_wrong_steps(self):
        code = must(self.clerk.post("/v1/commitments", commitment(), key=True), 201).json
        verifier, path = WORLD.client("li.verifier"), f"/v1/verifications/{code['verification']['task_id']}"
        self.refused(verifier.post(f"{path}/start"), 409, "wrong-step")
        self.refused(verifier.post(f"{path}/closure"), 409, "wrong-step")
        must(verifier.post(f"{path}/claim"), 200)
        self.refused(verifier.post(f"{path}/claim"), 409, "wrong-step")
        must(verifier.post(f"{path}/start"), 200)
        body = {"result": "inconsistent", "checked_on": "2026-03-02", "summary": "与档案不符。"}
        self.refused(verifier.post(f"{path}/conclusion", body), 409, "conflict")
        draft = people.finding(code["verification"]["task_id"], ["019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10"])
        answer = verifier.post("/v1/findings", draft, key=True)
        self.assertIn((answer.status, answer.problem), [(409, "wrong-step"), (422, "invalid")])
        self.refused(self.clerk.post(f"/v1/commitments/{code['commitment_code']}/withdrawal", {"reason": "改交证明"}), 409, "wrong-step")

    def test_the_date_in_the_code_is_the_day_it_was_made(self):
        code = must(self.clerk.post("/v1/commitments", commitment(made_on="2026-02-27"), key=True), 201).json["commitment_code"]
        self.assertEqual(code[:14], DISTRICT + "20260227")
