"""Bad input of every kind is refused with a problem document that points at every wrong field, and stores nothing:
every table of the database is the same before and after."""
import datetime
import gzip
import json
import unittest
import unittest.mock

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.identifiers import citizen_number, uscc
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import AGENCY, DISTRICT, GOVERNMENT, World, instant, must

WORLD = World()
# A well-formed identifier that nothing has.
NOBODY = "019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10"


# Reasons whose own text is all that there is to say.
SAY_IT_THEMSELVES = {"duplicate_key", "listed_twice", "missing_point", "sound_code", "wrong_role"}


def setUpModule():
    begin(WORLD)
    supervisor, clerk = WORLD.client("qian.supervisor"), WORLD.client("zhang.clerk")
    must(supervisor.post("/v1/matters", {"matter_code": people.MATTER_CODE} | people.matter_version(), key=True), 201)
    WORLD.notice_id = must(clerk.post("/v1/notices", notice(), key=True), 201).json["notice_id"]


def notice(version=1):
    return {"matter_code": people.MATTER_CODE, "matter_version": version, "channel": "counter", "language": "zh-CN"}


def commitment(**changes):
    return people.commitment(WORLD.notice_id, "2026-03-02") | changes


def committer(document="citizen_id", number="11010519491231002X", **changes):
    return {"kind": "natural_person", "name": "欧阳示例", "document": {"type": document, "number": number}} | changes


class Refusals(unittest.TestCase):
    def setUp(self):
        self.clerk = WORLD.client("zhang.clerk")
        self.admin = WORLD.client("root.admin")
        self.supervisor = WORLD.client("qian.supervisor")

    def refused(self, ask, status, problem, pointers=None):
        """Asks, and holds the refusal to its status, its type, its pointers and to storing nothing."""
        before = WORLD.stored()
        answer = ask()
        self.assertEqual((answer.status, answer.problem), (status, problem), answer.body[:600])
        self.assertEqual(answer.pointers(), pointers or {})
        self.assertEqual(WORLD.stored(), before)
        self.assert_it_says_what_would_be_right(answer)
        return answer

    def assert_it_says_what_would_be_right(self, answer):
        """A limit, the allowed words or a form for every field; a sentence where no field is to blame."""
        errors = answer.json.get("errors", [])
        if not errors:
            self.assertGreater(len(answer.json.get("detail", "")), 5, answer.json)
        for error in errors:
            right = {name: error[name] for name in ("limit", "allowed", "form") if name in error}
            if error["reason"] not in SAY_IT_THEMSELVES:
                self.assertTrue(right, error)
            for said in (*map(str, (error.get("limit", {}).get("max", ""), error.get("form", {}).get("example", ""))),
                         *error.get("allowed", [])[:24]):
                if error["reason"] != "empty":
                    self.assertIn(said, error["detail"])

    def refused_commitment(self, body, pointers=None, status=422, problem="invalid"):
        """The same for bytes or a value that are posted as a commitment."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": self.id()}
        return self.refused(lambda: self.clerk.request("POST", "/v1/commitments", data, headers), status, problem, pointers)

    def filed(self, **changes):
        return must(self.clerk.post("/v1/commitments", commitment(**changes), key=True), 201).json


class Fields(Refusals):
    def test_wrong_check_digit_of_a_person(self):
        self.refused_commitment(commitment(committer=committer(number="360426199101010072")),
                                {"/committer/document/number": "check_digit"})

    def test_wrong_check_character_of_an_organisation(self):
        right = uscc("91350100M000100Y4")
        wrong = right[:-1] + ("3" if right[-1] != "3" else "4")
        odd = commitment(committer=committer("uscc", wrong, kind="organisation", name="示例公司"))
        self.refused_commitment(odd, {"/committer/document/number": "unconfirmed_code"})
        body = {"uscc": wrong, "name": "示例机构", "kind": "government", "region_code": DISTRICT, "parent_uscc": GOVERNMENT}
        self.refused(lambda: self.admin.post("/v1/organisations", body, key=True), 422, "invalid", {"/uscc": "unconfirmed_code"})

    def test_a_real_code_with_a_wrong_check_character_takes_two_people(self):
        right = uscc("91350100M000101Y4")
        wrong = right[:-1] + ("3" if right[-1] != "3" else "4")
        odd = commitment(committer=committer("uscc", wrong, kind="organisation", name="示例公司"))
        entry = {"uscc": wrong, "name": "示例公司", "licence": "营业执照，示例区市场监督管理局 2014-05-06 颁发"}
        self.refused(lambda: self.clerk.post("/v1/credit-codes", entry | {"uscc": right}, key=True), 422, "invalid", {"/uscc": "sound_code"})
        self.refused(lambda: self.clerk.post("/v1/credit-codes", entry | {"uscc": wrong[:-1]}, key=True), 422, "invalid", {"/uscc": "bad_format"})
        made = must(self.clerk.post("/v1/credit-codes", entry, key=True), 201)
        self.assertEqual(made.json["state"], "entered")
        self.refused_commitment(odd, {"/committer/document/number": "unconfirmed_code"})
        confirmation = f"{made.headers['location']}/confirmation"
        supervisor = WORLD.client("qian.supervisor")
        # Who may confirm is not who entered it.
        mine = must(supervisor.post("/v1/credit-codes", entry | {"name": "示例有限公司"}, key=True), 201)
        self.assertEqual(mine.json["name"], "示例有限公司")
        self.refused(lambda: supervisor.post(confirmation), 409, "same-person")
        must(self.clerk.post("/v1/credit-codes", entry, key=True), 201)
        confirmed = must(supervisor.post(confirmation), 200).json
        self.assertEqual((confirmed["state"], confirmed["name"]), ("confirmed", "示例公司"))
        self.assertNotEqual(confirmed["entered_by"], confirmed["confirmed_by"])
        self.refused(lambda: supervisor.post(confirmation), 409, "conflict")
        self.refused(lambda: self.clerk.post("/v1/credit-codes", entry, key=True), 409, "conflict")
        self.assertEqual(must(self.clerk.get(made.headers["location"]), 200).json, confirmed)
        self.assertEqual([c["uscc"] for c in must(self.clerk.get("/v1/credit-codes"), 200).json["items"]], [wrong])
        filed = must(self.clerk.post("/v1/commitments", odd, key=True), 201).json
        self.assertEqual(filed["committer"]["document"]["number"], wrong)
        # Another organisation's word does not count: the administrators' own vouches for those they register.
        body = {"uscc": wrong, "name": "示例机构", "kind": "government", "region_code": DISTRICT, "parent_uscc": GOVERNMENT}
        self.refused(lambda: self.admin.post("/v1/organisations", body, key=True), 422, "invalid", {"/uscc": "unconfirmed_code"})

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
        answer = self.refused_commitment(commitment(committer=committer(nickname="小示")), {"/committer/nickname": "unknown_field"})
        self.assertEqual(answer.json["errors"][0]["allowed"], ["kind", "name", "document", "birth_date"])

    def error(self, body):
        answer = self.refused_commitment(body, unittest.mock.ANY)
        self.assertEqual(len(answer.json["errors"]), 1, answer.json)
        return answer.json["errors"][0]

    def test_a_refusal_names_limit_words_and_form(self):
        self.assertEqual(self.error(commitment(reason="很" * 513))["limit"], {"min": 1, "max": 512, "unit": "characters"})
        kind = self.error(commitment(committer=committer() | {"kind": "person"}))
        self.assertEqual(kind["allowed"], ["natural_person", "organisation", "sole_trader"])
        made_on = self.error(commitment(made_on="29.11.2026"))
        self.assertEqual(made_on["form"], {"name": "date", "example": "2026-03-02"})
        self.assertIn("YYYY-MM-DD", made_on["detail"])
        self.assertEqual(self.error(commitment(committer=committer("passport", "E-1")))["form"], {"name": "passport", "example": "E12345678"})
        self.assertEqual(self.error(commitment(reason=17))["form"], {"name": "text"})

    def test_the_word_fits_the_fault(self):
        for number, reason in (("11010520990101002X", "in_future"), (citizen_number("99010519900307234"), "unknown_region"),
                               ("11010519491231002", "bad_format")):
            with self.subTest(number):
                self.refused_commitment(commitment(committer=committer(number=number)), {"/committer/document/number": reason})
        account = {"organisation_uscc": AGENCY, "login": "twice.over", "name": "甲", "roles": ["clerk", "verifier", "clerk", "cook"],
                   "document": WORLD.document_of("twice.over")}
        self.refused(lambda: self.admin.post("/v1/accounts", account, key=True), 422, "invalid",
                     {"/roles/2": "listed_twice", "/roles/3": "unknown_value"})

    def test_somebody_without_the_role_is_not_nobody(self):
        path = f"/v1/verifications/{self.filed()['verification']['task_id']}"
        must(WORLD.client("li.verifier").post(f"{path}/claim"), 200)
        for to, reason in ((WORLD.accounts["zhang.clerk"], "wrong_role"), (NOBODY, "no_such_thing")):
            self.refused(lambda to=to: self.supervisor.post(f"{path}/reassignment", {"to": to, "why": "补足"}), 422, "invalid", {"/to": reason})

    def test_a_hundred_errors_and_a_count(self):
        body = commitment() | {f"member_{number}": 1 for number in range(130)}
        answer = self.refused_commitment(body, unittest.mock.ANY)
        self.assertEqual((len(answer.json["errors"]), answer.json["errors_left_out"]), (100, 30))

    def test_wrong_type(self):
        self.refused_commitment(commitment(reason=17), {"/reason": "wrong_type"})

    def test_too_long(self):
        self.refused_commitment(commitment(reason="很" * 513), {"/reason": "too_long"})

    def test_nothing_but_blanks(self):
        self.refused_commitment(commitment(reason="\u3000 \n"), {"/reason": "empty"})

    def test_a_notice_that_does_not_exist(self):
        self.refused_commitment(commitment(notice_id=NOBODY), {"/notice_id": "no_such_thing"})

    def test_unknown_region(self):
        body = {"uscc": uscc("12110105000000099"), "name": "无此区", "kind": "government", "region_code": "999999",
                "parent_uscc": AGENCY}
        self.refused(lambda: self.admin.post("/v1/organisations", body, key=True), 422, "invalid",
                     {"/region_code": "unknown_region"})

    def test_a_matter_with_several_faults(self):
        body = {"matter_code": "FAULTY-1"} | people.matter_version()
        body["verification"] = body["verification"] | {"day_kind": "lunar", "within_days": 0, "unit_uscc": AGENCY[:-1] + "I"}
        self.refused(lambda: self.supervisor.post("/v1/matters", body, key=True), 422, "invalid",
                     {"/verification/day_kind": "unknown_value", "/verification/within_days": "out_of_range",
                      "/verification/unit_uscc": "bad_format"})

    def test_a_matter_that_names_what_does_not_exist(self):
        body = {"matter_code": "FAULTY-1"} | people.matter_version() | {"replaces_item": "cn-2020-99"}
        body["verification"] = body["verification"] | {"unit_uscc": uscc("12110105000000099")}
        self.refused(lambda: self.supervisor.post("/v1/matters", body, key=True), 422, "invalid",
                     {"/replaces_item": "no_such_thing", "/verification/unit_uscc": "no_such_thing"})


class Json(Refusals):
    def spoiled(self, new):
        """A good commitment whose reason begins with these characters."""
        return json.dumps(commitment()).encode().replace(b'"reason": "', b'"reason": "' + new)

    def test_a_member_twice(self):
        text = json.dumps(commitment()).replace('"reason":', '"reason": "甲", "reason":')
        self.refused_commitment(text.encode(), {"/reason": "duplicate_key"}, 400, "bad-json")

    def test_nul_in_a_string(self):
        self.refused_commitment(self.spoiled(b"\\u0000"), {"/reason": "nul_character"}, 400, "bad-json")
        self.refused_commitment(self.spoiled(b"\0"), {"/reason": "nul_character"}, 400, "bad-json")
        self.refused_commitment(self.spoiled(b"\x01"), {"/reason": "bad_character"}, 400, "bad-json")

    def test_lone_surrogate(self):
        for half in (b"\\ud800", b"\\udc00", b"\\ud800\\ud800"):
            with self.subTest(half):
                self.refused_commitment(self.spoiled(half), {"/reason": "lone_surrogate"}, 400, "bad-json")

    def test_bytes_that_are_no_utf8(self):
        for what in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80"):
            with self.subTest(what):
                self.refused_commitment(self.spoiled(what), {"/reason": "bad_utf8"}, 400, "bad-json")

    def test_cut_short(self):
        self.refused_commitment(json.dumps(commitment()).encode()[:-2], {"/assent": "syntax"}, 400, "bad-json")
        self.refused_commitment(b"", {"": "syntax"}, 400, "bad-json")

    def test_nested_too_deep(self):
        answer = self.refused_commitment(b'{"remarks":' + b"[" * 5000 + b"]" * 5000 + b"}", unittest.mock.ANY, 400, "bad-json")
        (pointer, reason), = answer.pointers().items()
        self.assertEqual((pointer[:8], reason), ("/remarks", "too_deep"))

    def test_not_an_object(self):
        self.refused_commitment(b"[]", {"": "wrong_type"})


class Http(Refusals):
    def test_ten_megabytes(self):
        body = b'{"reason":"' + b"x" * (10 << 20) + b'"}'
        headers = {"Content-Type": "application/json", "Idempotency-Key": "big"}
        answer = self.refused(lambda: self.clerk.request("POST", "/v1/commitments", body, headers), 413, "too-large")
        self.assertIn("65536", answer.json["detail"])

    def test_more_than_fifty_mebibytes_of_evidence(self):
        path = self.task_in_progress(self.filed())
        self.refused(lambda: WORLD.client("li.verifier").post_bytes(f"{path}/evidence?kind=documentary&name=x", b"x" * (51 << 20),
                                                                    "text/plain", key=True), 413, "too-large")

    def task_in_progress(self, filed):
        path = f"/v1/verifications/{filed['verification']['task_id']}"
        must(WORLD.client("li.verifier").post(f"{path}/claim"), 200)
        must(WORLD.client("li.verifier").post(f"{path}/start"), 200)
        return path

    def test_wrong_content_type(self):
        good = json.dumps(commitment()).encode()
        for kind in ("application/xml", "text/plain", "application/x-www-form-urlencoded"):
            with self.subTest(kind):
                headers = {"Content-Type": kind, "Idempotency-Key": "x"}
                answer = self.refused(lambda: self.clerk.request("POST", "/v1/commitments", good, headers), 415, "media-type")
                self.assertEqual((answer.headers["accept"], answer.headers["accept-post"]), ("application/json", "application/json"))
                self.assertIn("application/json", answer.json["detail"])

    def test_no_idempotency_key(self):
        self.refused(lambda: self.clerk.post("/v1/commitments", commitment()), 400, "idempotency-key-missing")
        self.refused(lambda: self.clerk.post("/v1/commitments", commitment(), key="a b"), 422, "invalid",
                     {"header:Idempotency-Key": "bad_character"})

    def test_an_idempotency_key_for_something_else(self):
        must(self.clerk.post("/v1/commitments", commitment(), key="used-once"), 201)
        self.refused(lambda: self.clerk.post("/v1/commitments", commitment(reason="另一事由"), key="used-once"), 422,
                     "idempotency-key-reused")

    def test_no_such_route_and_method(self):
        self.refused(lambda: self.clerk.get("/v1/nothing"), 404, "not-found")
        answer = self.refused(lambda: self.clerk.delete("/v1/commitments"), 405, "method-not-allowed")
        self.assertIn(answer.headers["allow"], answer.json["detail"])

    def test_all_bad_query_parameters_at_once(self):
        self.refused(lambda: self.clerk.get("/v1/commitments?status=x&limit=0&state=foo&cursor=!"), 422, "invalid",
                     {"query:status": "unknown_field", "query:limit": "out_of_range", "query:state": "unknown_value",
                      "query:cursor": "bad_format"})
        answer = self.refused(lambda: self.clerk.get("/v1/commitments?stat=x"), 422, "invalid", {"query:stat": "unknown_field"})
        error = answer.json["errors"][0]
        self.assertIn("查询参数", error["detail"])
        self.assertTrue({"state", "cursor", "limit"} <= set(error["allowed"]), error)
        answer = self.refused(lambda: self.clerk.get("/v1/commitments?limit=201"), 422, "invalid", {"query:limit": "out_of_range"})
        self.assertEqual(answer.json["errors"][0]["limit"], {"min": 1, "max": 200})

    def test_a_bad_cursor_and_limit(self):
        for query, pointers in (("cursor=!", {"query:cursor": "bad_format"}), ("limit=0", {"query:limit": "out_of_range"}),
                                ("limit=9999", {"query:limit": "out_of_range"}), ("limit=x", {"query:limit": "bad_format"}),
                                ("state=lost", {"query:state": "unknown_value"}), ("stat=effective", {"query:stat": "unknown_field"}),
                                ("limit=1&limit=2", {"query:limit": "duplicate_key"})):
            with self.subTest(query):
                self.refused(lambda: self.clerk.get(f"/v1/commitments?{query}"), 422, "invalid", pointers)

    def test_a_cursor_that_is_none_of_ours(self):
        for target, login in (("/v1/commitments", "zhang.clerk"), ("/v1/matters", "qian.supervisor"), ("/v1/findings", "zhang.clerk"),
                              ("/v1/verifications", "li.verifier"), ("/v1/records", "sun.integrator"), ("/v1/accounts", "root.admin"),
                              ("/v1/submissions", "qian.supervisor"), ("/v1/audit-events", "zhou.auditor"), ("/v1/organisations", "root.admin")):
            for cursor in ("AAAA", "_____w"):  # NUL, and what is no UTF-8
                with self.subTest(f"{target} {cursor}"):
                    self.refused(lambda: WORLD.client(login).get(f"{target}?cursor={cursor}"), 422, "invalid", {"query:cursor": "bad_format"})

    def test_a_packed_body(self):
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Idempotency-Key": "x"}
        self.refused(lambda: self.clerk.request("POST", "/v1/commitments", gzip.compress(b"{}"), headers), 415, "media-type")

    def test_the_language_of_a_refusal(self):
        zh = self.clerk.post("/v1/commitments", commitment(reason=""), key=True).json
        en = WORLD.client("zhang.clerk", "en").post("/v1/commitments", commitment(reason=""), key=True).json
        self.assertEqual(zh["errors"][0]["detail"], "不得为空")
        self.assertEqual(en["errors"][0]["detail"], "must not be empty")


class WhoAsks(Refusals):
    def test_no_token_and_a_wrong_one(self):
        nobody, wrong = WORLD.client(), WORLD.client("zhang.clerk")
        wrong.token = "spn_" + "A" * 43
        for client in (nobody, wrong):
            self.refused(lambda: client.get("/v1/commitments"), 401, "unauthenticated")
            self.refused(lambda: client.post("/v1/commitments", commitment(), key=True), 401, "unauthenticated")

    def test_a_token_that_was_revoked(self):
        clerk, token_id = self.fresh_token()
        must(clerk.get("/v1/me"), 200)
        must(self.admin.delete(f"/v1/tokens/{token_id}"), 204)
        self.refused(lambda: clerk.post("/v1/commitments", commitment(), key=True), 401, "token-expired")

    def test_a_token_that_expired(self):
        clerk, _ = self.fresh_token(expires_at=instant(WORLD.clock.now() + datetime.timedelta(minutes=30)))
        must(clerk.get("/v1/me"), 200)
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(minutes=31))
        wait_until("the token is refused", lambda: clerk.get("/v1/me").problem == "token-expired", within=10)
        self.refused(lambda: clerk.post("/v1/commitments", commitment(), key=True), 401, "token-expired")

    def fresh_token(self, **body):
        account = must(self.clerk.get("/v1/me"), 200).json["account"]["account_id"]
        token = WORLD.enrolled(account, **body)
        clerk = WORLD.client("zhang.clerk")
        clerk.token = token["token"]
        return clerk, token["token_id"]

    def test_a_role_that_may_not(self):
        decider = WORLD.client("zhao.decider")
        self.refused(lambda: decider.post("/v1/commitments", commitment(), key=True), 403, "forbidden")
        self.refused(lambda: self.clerk.get("/v1/audit-events"), 403, "forbidden")

    def test_a_foreign_organisations_objects(self):
        filed = self.filed()
        other, task = WORLD.client("wu.other"), f"/v1/verifications/{filed['verification']['task_id']}"
        code = f"/v1/commitments/{filed['commitment_code']}"
        for path in (code, f"/v1/notices/{WORLD.notice_id}", f"/v1/matters/{people.MATTER_CODE}",
                     f"/v1/matters/{people.MATTER_CODE}/versions/1", task):
            with self.subTest(path):
                self.refused(lambda: other.get(path), 404, "not-found")
        self.refused(lambda: other.post(f"{task}/claim"), 404, "not-found")
        self.refused(lambda: other.post(f"{code}/withdrawal", {"reason": "改交证明"}), 404, "not-found")
        self.refused(lambda: other.post("/v1/commitments", commitment(), key=True), 422, "invalid", {"/notice_id": "no_such_thing"})
        self.refused(lambda: other.post("/v1/notices", notice(), key=True), 422, "invalid", {"/matter_code": "no_such_thing"})
        self.refused(lambda: other.post("/v1/findings", people.finding(filed["verification"]["task_id"], [NOBODY]), key=True),
                     422, "invalid", {"/task_id": "no_such_thing"})
        self.assertNotIn(filed["commitment_code"], [c["commitment_code"] for c in other.all_items("/v1/commitments")])


class Procedure(Refusals):
    def new_matter(self, code, by="qian.supervisor", complete=True):
        body = {"matter_code": code} | people.matter_version(complete)
        return must(WORLD.client(by).post("/v1/matters", body, key=True), 201)

    def checked(self, verifier, filed):
        """Takes the task of a filed commitment to its closing, with one piece of evidence; answers task and evidence."""
        must(people.add_signed_paper(self.clerk, filed), 201)
        task_id = filed["verification"]["task_id"]
        path = f"/v1/verifications/{task_id}"
        must(verifier.post(f"{path}/claim"), 200)
        must(verifier.post(f"{path}/start"), 200)
        evidence = must(verifier.post_bytes(f"{path}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201).json
        body = {"result": "inconsistent", "checked_on": WORLD.clock.today(), "summary": "与档案不符。"}
        must(verifier.post(f"{path}/conclusion", body), 200)
        must(verifier.post(f"{path}/closure"), 200)
        return task_id, evidence["evidence_id"]

    def test_a_missing_notice_point(self):
        self.new_matter("INCOMPLETE-1", complete=False)
        body = notice() | {"matter_code": "INCOMPLETE-1"}
        self.refused(lambda: self.clerk.post("/v1/notices", body, key=True), 422, "notice-incomplete",
                     {"/notice/publicity_period": "missing_point"})

    def test_a_stale_notice_version_and_a_stale_etag(self):
        etag = self.new_matter("MOVING-1").headers["etag"]
        path, body = "/v1/matters/MOVING-1/versions", notice() | {"matter_code": "MOVING-1"}
        old = must(self.clerk.post("/v1/notices", body, key=True), 201).json
        version = people.matter_version() | {"demanding_unit": "示例区住房保障二中心"}
        self.refused(lambda: self.supervisor.post(path, version, key=True), 428, "precondition-required")
        must(self.supervisor.post(path, version, key=True, headers={"If-Match": etag}), 201)
        self.refused(lambda: self.supervisor.post(path, version, key=True, headers={"If-Match": etag}), 412, "precondition-failed")
        self.refused(lambda: self.clerk.post("/v1/notices", body, key=True), 409, "notice-stale")
        # What was handed out already stays good for a while, under its own version.
        filed = must(self.clerk.post("/v1/commitments", commitment(notice_id=old["notice_id"]), key=True), 201).json
        self.assertEqual(filed["matter_version"], 1)

    def test_wrong_steps(self):
        filed = self.filed()
        verifier, path = WORLD.client("li.verifier"), f"/v1/verifications/{filed['verification']['task_id']}"
        inconsistent = {"result": "inconsistent", "checked_on": WORLD.clock.today(), "summary": "与档案不符。"}
        for step, body in (("start", None), ("closure", None), ("conclusion", inconsistent), ("hand-back", None)):
            self.refused(lambda: verifier.post(f"{path}/{step}", body), 409, "wrong-step")
        must(verifier.post(f"{path}/claim"), 200)
        self.refused(lambda: verifier.post(f"{path}/claim"), 409, "wrong-step")
        must(verifier.post(f"{path}/start"), 200)
        self.refused(lambda: verifier.post(f"{path}/conclusion", inconsistent), 409, "conflict")
        draft = people.finding(filed["verification"]["task_id"], [NOBODY])
        self.refused(lambda: verifier.post("/v1/findings", draft, key=True), 409, "wrong-step")
        withdrawal = f"/v1/commitments/{filed['commitment_code']}/withdrawal"
        self.refused(lambda: self.clerk.post(withdrawal, {"reason": "改交证明"}), 409, "wrong-step")

    def test_wrong_steps_of_a_finding(self):
        verifier, decider = WORLD.client("li.verifier"), WORLD.client("zhao.decider")
        task_id, evidence_id = self.checked(verifier, self.filed())
        self.refused(lambda: verifier.post("/v1/findings", people.finding(task_id, [NOBODY]), key=True), 422, "invalid",
                     {"/evidence_ids/0": "no_such_thing"})
        finding = must(verifier.post("/v1/findings", people.finding(task_id, [evidence_id]), key=True), 201).json
        path, now = f"/v1/findings/{finding['finding_id']}", instant(WORLD.clock.now())
        for who, step, body in ((self.clerk, "prior-notice", people.PRIOR_NOTICE), (self.clerk, "defence", people.DEFENCE),
                                (decider, "decision", people.DECISION), (self.clerk, "service", people.service(self.clerk, path, now))):
            with self.subTest(step):
                self.refused(lambda: who.post(f"{path}/{step}", body), 409, "wrong-step")

    def test_the_same_person_twice(self):
        both = WORLD.client("wu.other")  # clerk and verifier of the other agency
        self.new_matter("OTHER-1", "wu.other")
        given = must(both.post("/v1/notices", notice() | {"matter_code": "OTHER-1"}, key=True), 201).json
        own = must(both.post("/v1/commitments", commitment(notice_id=given["notice_id"]), key=True), 201).json
        self.refused(lambda: both.post(f"/v1/verifications/{own['verification']['task_id']}/claim"), 409, "same-person")

        drafter, reviewer = WORLD.client("li.verifier"), WORLD.client("wang.reviewer")  # who may decide as well
        task_id, evidence_id = self.checked(drafter, self.filed())
        finding = must(drafter.post("/v1/findings", people.finding(task_id, [evidence_id]), key=True), 201).json
        path = f"/v1/findings/{finding['finding_id']}"
        self.refused(lambda: drafter.post(f"{path}/review", people.REVIEW), 409, "same-person")
        must(reviewer.post(f"{path}/review", people.REVIEW), 200)
        WORLD.notify(self.clerk, path)
        must(self.clerk.post(f"{path}/defence", people.waiver(self.clerk, path)), 200)
        self.refused(lambda: reviewer.post(f"{path}/decision", people.DECISION), 409, "same-person")
