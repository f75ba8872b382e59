"""Who is believed: what an administrator cannot reach, who is one person, what leaves a trail, who is shown a secret."""
import base64
import datetime
import hashlib
import json
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.case import DAY, DECISION, SUBJECT, checked, filed, reported_case
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.identifiers import citizen_number, uscc
from sponsio_e2e.program import wait_until
from sponsio_e2e.signed_steps import verifies
from sponsio_e2e.world import AGENCY, DISTRICT, GOVERNMENT, LAW, OTHER_AGENCY, PLATFORM, World, instant, must

WORLD = World()


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    WORLD.add_person("b.administrator", OTHER_AGENCY, "乙管理", ["administrator"])
    WORLD.add_person("b.auditor", OTHER_AGENCY, "乙审计", ["auditor"])
    WORLD.add_person("a.auditor", AGENCY, "甲审计", ["auditor"])
    WORLD.add_person("a.administrator", AGENCY, "甲管理", ["administrator"])
    WORLD.add_person("g.supervisor", GOVERNMENT, "区监管", ["supervisor"])
    WORLD.case = reported_case(WORLD)


class Grants(unittest.TestCase):
    def setUp(self):
        self.other = WORLD.client("b.administrator")

    def organisation(self, **changes):
        return {"uscc": uscc("12110105000000101"), "name": "示例新设机构", "kind": "service_body", "region_code": DISTRICT,
                "parent_uscc": OTHER_AGENCY} | changes

    def account(self, **changes):
        return {"organisation_uscc": OTHER_AGENCY, "login": "b.reaching", "name": "丙", "roles": ["clerk"],
                "document": WORLD.document_of("b.reaching")} | changes

    def test_an_administrator_gives_nothing_that_reaches_beyond_their_own(self):
        before = WORLD.stored()
        for body, pointers in ((self.organisation(kind="platform"), {"/kind": "only_operator"}),
                               (self.organisation(parent_uscc=AGENCY), {"/parent_uscc": "no_such_thing"}),
                               (self.organisation(parent_uscc=GOVERNMENT), {"/parent_uscc": "no_such_thing"}),
                               (self.organisation(parent_uscc=None), {"/parent_uscc": "required"})):
            self.assertEqual(self.other.post("/v1/organisations", body, key=True).pointers(), pointers)
        for body, pointers in ((self.account(roles=["integrator"]), {"/roles/0": "only_operator"}),
                               (self.account(organisation_uscc=AGENCY), {"/organisation_uscc": "no_such_thing"}),
                               (self.account(organisation_uscc=AGENCY, login="zhang.clerk"), {"/organisation_uscc": "no_such_thing"}),
                               (self.account(organisation_uscc=GOVERNMENT, login="root.admin"), {"/organisation_uscc": "no_such_thing"})):
            self.assertEqual(self.other.post("/v1/accounts", body, key=True).pointers(), pointers)
        own = f"/v1/accounts/{WORLD.accounts['wu.other']}"
        self.assertEqual(self.other.post(f"{own}/roles", {"roles": ["clerk", "integrator"]}, key=True).pointers(), {"/roles/1": "only_operator"})
        self.assertEqual(self.other.post(f"{own}/unit", {"organisation_uscc": AGENCY}, key=True).pointers(), {"/organisation_uscc": "no_such_thing"})
        self.assertEqual(WORLD.stored(), before)

    def test_a_login_of_another_organisation_is_free(self):
        self.assertEqual(must(self.other.post("/v1/accounts", self.account(login="zhang.clerk"), key=True), 201).json["login"], "zhang.clerk")
        again = self.other.post("/v1/accounts", self.account(login="zhang.clerk", name="丁"), key=True)
        self.assertEqual(again.pointers(), {"/login": "not_unique"})
        logins = [(a["login"], a["organisation_uscc"]) for a in WORLD.client("root.admin").all_items("/v1/accounts?limit=1")]
        self.assertEqual([login for login, _ in logins], sorted(login for login, _ in logins))
        self.assertEqual(len(logins), len(set(logins)))
        self.assertIn(("zhang.clerk", AGENCY), logins)
        self.assertIn(("zhang.clerk", OTHER_AGENCY), logins)

    def test_a_code_of_another_organisations_matter_is_free(self):
        draft = {"matter_code": people.MATTER_CODE} | people.matter_version()
        other = WORLD.client("wu.other")
        must(other.post("/v1/matters", draft, key=True), 201)
        self.assertEqual(other.post("/v1/matters", draft, key=True).pointers(), {"/matter_code": "not_unique"})
        for login, unit in (("wu.other", OTHER_AGENCY), ("qian.supervisor", AGENCY)):
            self.assertEqual(must(WORLD.client(login).get(f"/v1/matters/{people.MATTER_CODE}"), 200).json["organisation_uscc"], unit)

    def test_an_auditor_who_sees_everybody_administers_no_more_than_before(self):
        WORLD.add_person("b.both", OTHER_AGENCY, "乙双", ["administrator"])
        grant = WORLD.grant("b.both", "auditor", "audit")
        both, theirs = WORLD.client("b.both"), f"/v1/accounts/{WORLD.accounts['zhang.clerk']}"
        must(both.get(theirs), 200)
        self.assertIn(WORLD.case["commitment_code"], {e["subject"] for e in both.all_items("/v1/audit-events?limit=200")})
        for below, body in (("roles", {"roles": ["decider"]}), ("enrolments", None), ("closure", None)):
            self.assertEqual(both.post(f"{theirs}/{below}", body, key=True).status, 404)
        self.assertEqual(both.delete(f"{theirs}/tokens").status, 404)
        must(WORLD.client("root.admin").post(f"/v1/grants/{grant['grant_id']}/end"), 200)

    def test_four_calls_of_an_administrator_reach_nobody_elses_records(self):
        """A search: whatever they make and give, whoever comes of it, in four calls."""
        roles = ["clerk", "verifier", "reviewer", "decider", "supervisor", "integrator", "assessor", "auditor", "administrator"]
        units, made = [OTHER_AGENCY], []
        for number, kind in enumerate(("platform", "government", "service_body")):
            answer = self.other.post("/v1/organisations", self.organisation(uscc=uscc(f"1211010500000020{number}"), kind=kind), key=True)
            units += [answer.json["uscc"]] if answer.status == 201 else []
        for number, (unit, role) in enumerate((unit, role) for unit in units for role in roles):
            login = f"b.search.{number}"
            answer = self.other.post("/v1/accounts", {"organisation_uscc": unit, "login": login, "name": "丙", "roles": [role],
                                                      "document": WORLD.document_of(login)}, key=True)
            if answer.status == 201:
                account = answer.json["account_id"]
                code = must(self.other.post(f"/v1/accounts/{account}/enrolments", key=True), 201).json["code"]
                WORLD.tokens[login] = must(WORLD.client().post("/v1/enrolments", {"code": code}), 201).json["token"]
                WORLD.people[login] = (unit, "丙", [role])
                made.append((login, role))
        self.assertEqual({role for _, role in made}, set(roles) - {"integrator"})
        theirs = [WORLD.case["commitment_code"], WORLD.case["record_id"], WORLD.case["batch_no"], SUBJECT["name"], SUBJECT["document"]["number"],
                  WORLD.accounts["zhang.clerk"]]
        case = WORLD.case
        for login, role in made:
            client = WORLD.client(login)
            for target in ("/v1/records", f"/v1/records/{case['record_id']}", "/v1/submissions", f"/v1/submissions/{case['batch_no']}",
                           f"/v1/submissions/{case['batch_no']}/records.jsonl", "/v1/audit-events?limit=200", "/v1/personal-queries?limit=200",
                           f"/v1/audit-events?subject={case['commitment_code']}", "/v1/accounts?limit=200", "/v1/grants", "/v1/findings", f"/v1/findings/{case['finding_id']}",
                           "/v1/commitments", f"/v1/commitments/{case['commitment_code']}", f"/v1/verifications/{case['task_id']}",
                           f"/v1/verifications/{case['task_id']}/evidence/{case['evidence_id']}", f"/v1/documents/{case['document_id']}",
                           f"/v1/accounts/{WORLD.accounts['zhang.clerk']}", f"/v1/accounts/{WORLD.accounts['zhang.clerk']}/tokens"):
                with self.subTest(f"{role}: {target}"):
                    answer = client.get(target)
                    self.assertIn(answer.status, (200, 403, 404))
                    if answer.status == 200:
                        for secret in theirs:
                            self.assertNotIn(secret, answer.body.decode())

    def test_counts_once_a_second_person_has_confirmed_it_and_until_it_ends(self):
        WORLD.add_person("lu.integrator", PLATFORM, "陆联", ["integrator"])
        reader = WORLD.client("lu.integrator")
        seen = lambda: [r["record_id"] for r in must(reader.get("/v1/records"), 200).json["items"]]
        given = WORLD.command("grant", "add", "--login", "lu.integrator", "--role", "integrator", "--purpose", "sharing", "--basis", LAW,
                              "--from", instant(WORLD.clock.now()), "--until", instant(WORLD.clock.now() + 10 * DAY))
        self.assertEqual((given["state"], given["given_by"], seen()), ("given", None, []))
        path = f"/v1/grants/{given['grant_id']}"
        self.assertEqual(self.other.post(f"{path}/confirmation").status, 404)
        confirmed = must(WORLD.client("root.admin").post(f"{path}/confirmation"), 200).json
        self.assertEqual((confirmed["state"], confirmed["confirmed_by_name"]), ("confirmed", "郑管理"))
        self.assertEqual(seen(), [WORLD.case["record_id"]])
        self.assertEqual(WORLD.client("root.admin").post(f"{path}/confirmation").problem, "wrong-step")
        must(WORLD.client("root.admin").post(f"{path}/end"), 200)
        self.assertEqual(seen(), [])
        self.assertEqual(WORLD.client("root.admin").post(f"{path}/end").problem, "wrong-step")

    def test_reaches_an_organisation_with_those_below_it_or_a_region(self):
        WORLD.add_person("qu.integrator", PLATFORM, "瞿联", ["integrator"])
        seen = lambda: [r["record_id"] for r in must(WORLD.client("qu.integrator").get("/v1/records"), 200).json["items"]]
        for scope, region, expected in ((OTHER_AGENCY, None, []), (GOVERNMENT, None, [WORLD.case["record_id"]]), (AGENCY, None, [WORLD.case["record_id"]]),
                                        (None, "1102", []), (None, "1101", [WORLD.case["record_id"]])):
            with self.subTest(f"{scope} {region}"):
                words = [*(["--scope", scope] if scope else []), *(["--region", region] if region else [])]
                given = WORLD.command("grant", "add", "--login", "qu.integrator", "--role", "integrator", "--purpose", "sharing", "--basis", LAW,
                                      "--from", instant(WORLD.clock.now()), "--until", instant(WORLD.clock.now() + DAY), *words)
                path = f"/v1/grants/{given['grant_id']}"
                must(WORLD.client("root.admin").post(f"{path}/confirmation"), 200)
                self.assertEqual(seen(), expected)
                must(WORLD.client("root.admin").post(f"{path}/end"), 200)

    def test_nobody_confirms_their_own_or_what_reaches_farther_than_they_do(self):
        mine = {"root.admin": None, "b.administrator": None, "wu.other": GOVERNMENT}
        for holder, scope in mine.items():
            words = ["--scope", scope] if scope else []
            mine[holder] = WORLD.command("grant", "add", "--login", holder, "--role", "auditor", "--purpose", "audit", "--basis", LAW,
                                         "--until", instant(WORLD.clock.now() + 400 * DAY), *words)["grant_id"]
        self.assertEqual(WORLD.client("root.admin").post(f"/v1/grants/{mine['root.admin']}/confirmation").problem, "same-person")
        self.assertEqual(self.other.post(f"/v1/grants/{mine['b.administrator']}/confirmation").problem, "forbidden")
        self.assertEqual(self.other.post(f"/v1/grants/{mine['wu.other']}/confirmation").problem, "forbidden")
        for grant in mine.values():
            WORLD.command("grant", "end", "--grant", grant)
        self.assertLessEqual(set(mine.values()), set(WORLD.command("grant", "list")))

    def test_superiors_see_how_far_reporting_has_come_and_not_what_it_says(self):
        superior, batch = WORLD.client("g.supervisor"), WORLD.case["batch_no"]
        self.assertIn((batch, 1), [(b["batch_no"], b["record_count"]) for b in must(superior.get("/v1/submissions"), 200).json["items"]])
        for part in ("", "/records.jsonl", "/answer", "/manifest"):
            self.assertEqual(superior.get(f"/v1/submissions/{batch}{part}").status, 404, part)
        self.assertEqual(superior.post(f"/v1/submissions/{batch}/retry").status, 404)
        self.assertEqual(WORLD.client("a.administrator").get(f"/v1/submissions/{batch}/records.jsonl").status, 403)
        for login in ("qian.supervisor", "sun.integrator"):
            self.assertIn(SUBJECT["name"], must(WORLD.client(login).get(f"/v1/submissions/{batch}/records.jsonl"), 200).body.decode())


class Trails(unittest.TestCase):
    def events(self, login, **wanted):
        return [e for e in WORLD.client(login).all_items("/v1/audit-events?limit=200") if wanted.items() <= e.items()]

    def queries(self, login="a.auditor"):
        return WORLD.client(login).all_items("/v1/personal-queries?limit=200")

    def test_what_is_done_about_people_and_matters(self):
        WORLD.add_person("mo.trail", AGENCY, "莫迹", ["clerk"])
        account, admin = WORLD.accounts["mo.trail"], WORLD.client("root.admin")
        must(admin.post(f"/v1/accounts/{account}/roles", {"roles": ["verifier"]}, key=True), 200)
        must(admin.delete(f"/v1/accounts/{account}/tokens"), 204)
        refused = WORLD.client("mo.trail").get("/v1/me")
        self.assertEqual(refused.problem, "token-expired")
        must(admin.post(f"/v1/accounts/{account}/closure"), 200)
        told = [(e["lifecycle"], e["event"], e["by_name"]) for e in WORLD.client("a.auditor").all_items(f"/v1/audit-events?subject={account}")]
        self.assertEqual(told, [("account", "created", "郑管理"), ("account", "enrolment_made", "郑管理"), ("account", "enrolled", "莫迹"),
                                ("account", "change_roles", "郑管理"), ("account", "token_ended", "郑管理"), ("sign-in", "refused", None),
                                ("account", "close", "郑管理")])
        self.assertEqual({e["subject"] for e in self.events("a.auditor", lifecycle="matter", event="version_added")}, {people.MATTER_CODE})
        self.assertIn(WORLD.notice_id, {e["subject"] for e in self.events("a.auditor", lifecycle="notice", event="given")})
        self.assertTrue(self.events("zhou.auditor", lifecycle="grant", event="confirm"))
        self.assertTrue(self.events("zhou.auditor", lifecycle="organisation", event="created"))

    def test_are_those_of_ones_own_tree(self):
        mine = {e["subject"] for e in self.events("a.auditor")}
        self.assertIn(WORLD.case["commitment_code"], mine)
        self.assertIn(WORLD.case["record_id"], mine)  # what moves by itself is somebody's too
        self.assertIn(WORLD.case["batch_no"], mine)
        theirs = {e["subject"] for e in self.events("b.auditor")}
        self.assertTrue(theirs)
        self.assertLessEqual(theirs & mine, {people.MATTER_CODE})  # either has a matter of that code
        above = {e["subject"] for e in self.events("zhou.auditor")}
        self.assertLessEqual(mine | theirs, above)

    def test_a_filing_that_is_refused_for_a_breach_is_a_question_about_a_person(self):
        before = len(self.queries())
        body = people.commitment(WORLD.notice_id, WORLD.clock.today()) | {"committer": SUBJECT | {"name": "随便写"}}
        self.assertEqual(WORLD.client("zhang.clerk").post("/v1/commitments", body, key=True).problem, "not-eligible")
        asked = self.queries()[before:]
        self.assertEqual([(q["purpose"], q["by"], q["fields"]) for q in asked], [("eligibility", WORLD.accounts["zhang.clerk"], ["obstacles"])])
        self.assertIn(asked[0]["subjects"][0], {s for q in self.queries() if WORLD.case["commitment_code"] in q["about"] for s in q["subjects"]})
        self.assertTrue(self.events("a.auditor", lifecycle="commitment", event="refused"))

    def test_every_look_at_personal_data(self):
        case, clerk, verifier = WORLD.case, WORLD.client("zhang.clerk"), WORLD.client("li.verifier")
        before = len(self.queries())
        looks = ((clerk, f"/v1/commitments/{case['commitment_code']}"), (verifier, f"/v1/verifications/{case['task_id']}"),
                 (verifier, f"/v1/verifications/{case['task_id']}/evidence/{case['evidence_id']}"), (clerk, f"/v1/findings/{case['finding_id']}"),
                 (clerk, f"/v1/documents/{case['document_id']}"), (verifier, f"/v1/records/{case['record_id']}?disclose=subject"),
                 (WORLD.client("qian.supervisor"), f"/v1/submissions/{case['batch_no']}/records.jsonl"))
        for client, target in looks:
            must(client.get(target), 200)
        seen = self.queries()[before:]
        self.assertEqual(len(seen), len(looks))
        self.assertEqual({tuple(q["about"]) for q in seen}, {(case["commitment_code"],)})
        self.assertEqual(len({tuple(q["subjects"]) for q in seen}), 1)
        self.assertNotIn(SUBJECT["document"]["number"], json.dumps(seen))
        must(verifier.get(f"/v1/records/{case['record_id']}?disclose=none"), 200)  # says nothing of a person
        self.assertEqual(len(self.queries()), before + len(looks))
        must(WORLD.client("sun.integrator").get("/v1/records"), 200)
        self.assertEqual([(q["purpose"], q["about"]) for q in self.queries("zhou.auditor")[-1:]], [("sharing", [case["commitment_code"]])])
        self.assertEqual([q for q in self.queries() if q["purpose"] == "sharing"], [])  # of the platform's own tree

    def test_tell_a_person_who_looked(self):
        found = must(WORLD.client("zhou.auditor").post("/v1/personal-queries/searches?limit=200", {"document": SUBJECT["document"]}), 200).json["items"]
        self.assertTrue(found)
        self.assertEqual(len({s for q in found for s in q["subjects"]}), 1)
        nobody = must(WORLD.client("zhou.auditor").post("/v1/personal-queries/searches", {"document": WORLD.document_of("nobody at all")}), 200)
        self.assertEqual([q["route"] for q in nobody.json["items"]], ["POST /v1/personal-queries/searches"])

    def test_are_exported_line_by_line(self):
        for trail, number in (("events", "event_id"), ("queries", "query_id")):
            lines = self.exported(trail).splitlines()
            told = [json.loads(line) for line in lines]
            self.assertEqual([t[number] for t in told], sorted(t[number] for t in told))
            self.assertEqual(self.exported(trail, "--after", str(told[-2][number])).splitlines()[0], lines[-1])
            for line, one in zip(self.exported(trail, "--format", "syslog").splitlines(), told):
                head, message = line.split("\ufeff")
                self.assertRegex(head, rf"^<110>1 {one['at']} \S+ sponsio - {trail} - $")
                self.assertEqual(json.loads(message), one)

    @staticmethod
    def exported(trail, *words):
        run = subprocess.run([str(WORLD.binary), "audit", "export", "--trail", trail, "--data", str(WORLD.folder / "sponsio"), *words],
                             capture_output=True, text=True, timeout=60, check=True)
        return run.stdout


class Secrets(unittest.TestCase):
    def setUp(self):
        self.admin = WORLD.client("root.admin")

    def added(self, login):
        WORLD.add_person(login, AGENCY, "许七", ["clerk"])
        return f"/v1/accounts/{WORLD.accounts[login]}"

    def test_an_administrator_gets_a_code_and_never_a_token(self):
        account = self.added("gu.enrolled")
        self.assertEqual(self.admin.post(f"{account}/tokens", {}, key=True).status, 405)
        first = must(self.admin.post(f"{account}/enrolments", key=True), 201).json
        second = must(self.admin.post(f"{account}/enrolments", key=True), 201).json
        public = WORLD.client()
        refusals = [public.post("/v1/enrolments", {"code": code}) for code in (first["code"], "spe_" + "A" * 43)]
        self.assertEqual([r.pointers() for r in refusals], [{"/code": "no_such_thing"}] * 2)
        token = must(public.post("/v1/enrolments", {"code": second["code"]}), 201).json["token"]
        self.assertEqual(public.post("/v1/enrolments", {"code": second["code"]}).pointers(), {"/code": "no_such_thing"})
        client = WORLD.client("gu.enrolled")
        client.token = token
        must(client.get("/v1/me"), 200)
        third = must(self.admin.post(f"{account}/enrolments", key=True), 201).json
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(hours=73))
        wait_until("the code has ended", lambda: public.post("/v1/enrolments", {"code": third["code"]}).status == 422)
        self.assertEqual(WORLD.client("b.administrator").post(f"{account}/enrolments", key=True).status, 404)

    def test_what_was_shown_once_is_not_shown_for_its_key(self):
        account = self.added("gong.once")
        for who in (self.admin, WORLD.client("a.administrator")):
            must(who.post(f"{account}/enrolments", key="shown-once"), 201)
            again = who.post(f"{account}/enrolments", key="shown-once")
            self.assertEqual((again.status, again.problem), (409, "conflict"))
        holder = WORLD.client("gong.once")
        mine = must(holder.get("/v1/me"), 200).json["token"]["token_id"]
        must(holder.post(f"/v1/tokens/{mine}/renewal", {}, key="renew-once"), 201)
        self.assertEqual(holder.post(f"/v1/tokens/{mine}/renewal", {}, key="renew-once").status, 409)
        must(self.admin.post(f"{account}/closure"), 200)
        self.assertEqual(holder.post(f"/v1/tokens/{mine}/renewal", {}, key="renew-once").problem, "token-expired")

    def test_an_answer_is_not_given_to_who_has_left(self):
        account = self.added("lian.moved")
        body = people.commitment(WORLD.notice_id, WORLD.clock.today()) | {
            "committer": SUBJECT | {"document": {"type": "citizen_id", "number": citizen_number("11010519830203001")}}}
        client = WORLD.client("lian.moved")
        must(client.post("/v1/commitments", body, key="before-the-move"), 201)
        entry = {"uscc": "91350100M000100Y44", "name": "示例公司", "licence": "营业执照"}
        must(client.post("/v1/credit-codes", entry, key="entered-before"), 201)
        must(self.admin.post(f"{account}/unit", {"organisation_uscc": OTHER_AGENCY}, key=True), 200)
        self.assertEqual(client.post("/v1/commitments", body, key="before-the-move").status, 404)
        self.assertEqual(client.post("/v1/credit-codes", entry, key="entered-before").status, 404)

    def test_a_closed_account_is_refused_at_once(self):
        account, client = self.added("bian.closed"), WORLD.client("bian.closed")
        must(client.get("/v1/me"), 200)
        must(self.admin.post(f"{account}/closure"), 200)
        self.assertEqual(client.get("/v1/me").problem, "token-expired")

    def test_all_tokens_end_together(self):
        account = self.added("ning.ended")
        more = WORLD.enrolled(WORLD.accounts["ning.ended"])["token"]
        first, second = WORLD.client("ning.ended"), WORLD.client("ning.ended")
        second.token = more
        self.assertEqual(WORLD.client("b.administrator").delete(f"{account}/tokens").status, 404)
        must(first.delete(f"{account}/tokens"), 204)
        self.assertEqual({client.get("/v1/me").problem for client in (first, second)}, {"token-expired"})

    def test_live_thirty_days_where_nothing_is_said(self):
        self.added("fu.thirty")
        token = WORLD.enrolled(WORLD.accounts["fu.thirty"])
        life = datetime.datetime.fromisoformat(token["expires_at"].replace("Z", "+00:00")) - WORLD.clock.now()
        self.assertLess(abs(life - 30 * DAY), datetime.timedelta(minutes=5))


class OnePerson(unittest.TestCase):
    """Several accounts of one person are one person, whatever they are called."""

    def setUp(self):
        self.admin = WORLD.client("root.admin")

    def same(self, name, roles):
        """Accounts with these roles, all of one person."""
        document = {"type": "citizen_id", "number": citizen_number(f"11010519840{sum(name.encode()) % 7 + 1}04{len(name):03}")}
        logins = [f"{name}.{role}" for role in roles]
        for login, role in zip(logins, roles):
            WORLD.add_person(login, AGENCY, f"同一人{role}", [role], document)
        return [WORLD.client(login) for login in logins]

    def resident(self, number):
        return {"kind": "natural_person", "name": "上官例示", "document": {"type": "citizen_id", "number": citizen_number(f"11010519860506{number:03}")}}

    def test_does_not_make_a_record_with_four_accounts(self):
        clerk, verifier, reviewer, decider = self.same("hua", ["clerk", "verifier", "reviewer", "decider"])
        body = people.commitment(WORLD.notice_id, WORLD.clock.today()) | {"committer": self.resident(1)}
        filing = must(clerk.post("/v1/commitments", body, key=True), 201).json
        must(people.add_signed_paper(clerk, filing), 201)
        claimed = verifier.post(f"/v1/verifications/{filing['verification']['task_id']}/claim")
        self.assertEqual(claimed.problem, "same-person")
        finding = must(WORLD.client("li.verifier").post("/v1/findings", checked(WORLD, filing), key=True), 201).json
        path = f"/v1/findings/{finding['finding_id']}"
        self.assertEqual(reviewer.post(f"{path}/review", people.REVIEW).problem, "same-person")  # filed it
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        WORLD.notify(WORLD.client("zhang.clerk"), path)
        must(WORLD.client("zhang.clerk").post(f"{path}/defence", people.waiver(WORLD.client("zhang.clerk"), path)), 200)
        self.assertEqual(decider.post(f"{path}/decision", DECISION).problem, "same-person")

    def test_who_checked_drafted_or_recorded_the_service_does_not_decide(self):
        filing = filed(WORLD, self.resident(2))
        verifier, decider = self.same("shi", ["verifier", "decider"])
        clerk, other_decider = self.same("dou", ["clerk", "decider"])
        finding = must(verifier.post("/v1/findings", checked(WORLD, filing, "shi.verifier"), key=True), 201).json
        path = f"/v1/findings/{finding['finding_id']}"
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        WORLD.notify(clerk, path)
        must(clerk.post(f"{path}/defence", people.waiver(clerk, path)), 200)
        for client in (decider, other_decider):
            self.assertEqual(client.post(f"{path}/decision", DECISION).problem, "same-person")
        must(WORLD.client("zhao.decider").post(f"{path}/decision", DECISION), 200)
        WORLD.people["zhao.decider"] = (AGENCY, "赵六", ["decider", "clerk"])
        must(self.admin.post(f"/v1/accounts/{WORLD.accounts['zhao.decider']}/roles", {"roles": ["decider", "clerk"]}, key=True), 200)
        self.assertEqual(WORLD.client("zhao.decider").post(f"{path}/service", people.service(clerk, path, WORLD.after_all_that())).problem, "same-person")
        must(clerk.post(f"{path}/service", people.service(clerk, path, WORLD.after_all_that())), 200)

    def test_whoever_took_part_did_not_give_the_decider_the_role(self):
        WORLD.add_person("ke.drafter", AGENCY, "柯起", ["verifier", "administrator"])
        drafter = WORLD.client("ke.drafter")
        made = must(drafter.post("/v1/accounts", {"organisation_uscc": AGENCY, "login": "ke.decider", "name": "柯定", "roles": ["decider"],
                                                  "document": WORLD.document_of("ke.decider")}, key=True), 201).json
        WORLD.accounts["ke.decider"], WORLD.people["ke.decider"] = made["account_id"], (AGENCY, "柯定", ["decider"])
        WORLD.tokens["ke.decider"] = WORLD.enrolled(made["account_id"])["token"]
        finding = must(drafter.post("/v1/findings", checked(WORLD, filed(WORLD, self.resident(3)), "ke.drafter"), key=True), 201).json
        path = f"/v1/findings/{finding['finding_id']}"
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        WORLD.notify(WORLD.client("zhang.clerk"), path)
        must(WORLD.client("zhang.clerk").post(f"{path}/defence", people.waiver(WORLD.client("zhang.clerk"), path)), 200)
        refused = WORLD.client("ke.decider").post(f"{path}/decision", DECISION)
        self.assertEqual(refused.problem, "same-person")
        self.assertIn("gave", WORLD.client("ke.decider", "en").post(f"{path}/decision", DECISION).json["detail"])

    def test_whom_nobody_entered_decides_about_nobody_until_they_are(self):
        WORLD.command("account", "add", "--organisation", AGENCY, "--login", "yu.unknown", "--name", "喻未", "--role", "reviewer", "--role", "verifier")
        account = next(a["account_id"] for a in WORLD.client("root.admin").all_items("/v1/accounts") if a["login"] == "yu.unknown")
        WORLD.accounts["yu.unknown"], WORLD.people["yu.unknown"] = account, (AGENCY, "喻未", ["reviewer", "verifier"])
        WORLD.tokens["yu.unknown"] = WORLD.enrolled(account)["token"]
        draft = checked(WORLD, filed(WORLD, self.resident(4)))
        client = WORLD.client("yu.unknown")
        refused = client.post("/v1/findings", draft, key=True)
        self.assertEqual(refused.problem, "forbidden")
        self.assertIn("/v1/accounts/{account_id}/person", refused.json["detail"])
        finding = must(WORLD.client("li.verifier").post("/v1/findings", draft, key=True), 201).json
        review = lambda: client.post(f"/v1/findings/{finding['finding_id']}/review", people.REVIEW)
        self.assertEqual((review().status, review().problem), (403, "forbidden"))
        entered = must(self.admin.post(f"/v1/accounts/{account}/person", {"document": WORLD.document_of("yu.unknown")}, key=True), 200).json
        self.assertTrue(entered["person_known"])
        must(review(), 200)
        changes = must(self.admin.get(f"/v1/accounts/{account}/changes"), 200).json["items"]
        self.assertEqual([(c["what"], c["from"]) for c in changes], [("person", "unknown")])
        self.assertNotIn(WORLD.document_of("yu.unknown")["number"], json.dumps(changes))
        company = {"document": {"type": "uscc", "number": AGENCY}}
        self.assertEqual(self.admin.post(f"/v1/accounts/{account}/person", company, key=True).pointers(), {"/document": "unknown_value"})
        mine = f"/v1/accounts/{WORLD.accounts['root.admin']}/person"
        self.assertEqual(self.admin.post(mine, {"document": WORLD.document_of("somebody else")}, key=True).problem, "same-person")


class SignedSteps(unittest.TestCase):
    """Who registered a key signs what decides about somebody; a token alone is not enough."""

    def key(self):
        """A P-256 key of openssl's: its file, and the public half as JWK."""
        path = WORLD.folder / f"signer-{len(list(WORLD.folder.glob('signer-*')))}.pem"
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path], check=True, capture_output=True)
        point = subprocess.run(["openssl", "ec", "-in", path, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout[-64:]
        return path, {"kty": "EC", "crv": "P-256", "x": b64url(point[:32]), "y": b64url(point[32:])}

    def sign(self, key, login, path, body, **header):
        """As RFC 7515 appendix F: without the payload."""
        file, jwk = key
        thumbprint = b64url(hashlib.sha256(json.dumps(jwk, separators=(",", ":"), sort_keys=True).encode()).digest())
        head = b64url(json.dumps({"alg": "ES256", "kid": thumbprint, "iat": int(WORLD.clock.now().timestamp())} | header).encode())
        statement = {"account": WORLD.accounts[login], "body": body, "method": "POST", "path": path}
        text = json.dumps(statement, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", file], input=f"{head}.{b64url(text.encode())}".encode(), check=True,
                             capture_output=True).stdout
        r = der[4:4 + der[3]]
        s = der[6 + der[3]:]
        return head + ".." + b64url(b"".join(part[-32:].rjust(32, b"\0") for part in (r.lstrip(b"\0"), s.lstrip(b"\0"))))

    def test_a_review_is_taken_with_the_reviewers_own_signature_only(self):
        key, stranger = self.key(), self.key()
        WORLD.add_person("su.signer", AGENCY, "苏签", ["reviewer"])
        WORLD.tokens["su.signer"] = WORLD.enrolled(WORLD.accounts["su.signer"], key=key[1])["token"]
        committer = {"kind": "natural_person", "name": "上官例签", "document": {"type": "citizen_id", "number": citizen_number("11010519870607001")}}
        draft = checked(WORLD, filed(WORLD, committer))
        finding = must(WORLD.client("li.verifier").post("/v1/findings", draft, key=True), 201).json
        path, client = f"/v1/findings/{finding['finding_id']}/review", WORLD.client("su.signer")
        review = people.REVIEW
        other = review | {"opinion": "另一种意见。"}
        long_ago = int(WORLD.clock.now().timestamp()) - 3600
        before = WORLD.stored()
        for signature, reason in ((None, "required"), ("x..y", "bad_signature"), (self.sign(stranger, "su.signer", path, review), "bad_signature"),
                                  (self.sign(key, "su.signer", path, other), "bad_signature"), (self.sign(key, "li.verifier", path, review), "bad_signature"),
                                  (self.sign(key, "su.signer", path + "x", review), "bad_signature"),
                                  (self.sign(key, "su.signer", path, review, alg="none"), "bad_signature"),
                                  (self.sign(key, "su.signer", path, review, iat=long_ago), "expired")):
            with self.subTest(f"{reason} {signature}"):
                body = review | ({"signature": signature} if signature else {})
                self.assertEqual(client.post(path, body).pointers(), {"/signature": reason})
        self.assertEqual(WORLD.stored(), before)
        mine = self.sign(key, "su.signer", path, review)
        self.assertEqual(WORLD.client("wang.reviewer").post(path, review | {"signature": mine}).pointers(), {"/signature": "not_allowed_here"})
        self.assertEqual(must(client.post(path, review | {"signature": mine}, key="signed"), 200).json["state"], "reviewed")
        self.assertEqual(must(client.post(path, review | {"signature": mine}, key="signed"), 200).headers["idempotency-replayed"], "true")
        kept, = must(WORLD.client("zhang.clerk").get(f"/v1/findings/{finding['finding_id']}/signatures"), 200).json["signatures"]
        self.assertEqual((kept["name"], kept["path"], kept["jws"], kept["public_key"]), ("苏签", path, mine, key[1]))
        self.assertEqual(json.loads(kept["statement"])["body"], review)
        # Openssl verifies it over what is said to have been signed, and over nothing else.
        self.assertTrue(verifies(WORLD.folder, kept, key[0]))
        self.assertFalse(verifies(WORLD.folder, kept | {"statement": kept["statement"] + " "}, key[0]))

    def test_no_other_key_is_taken_at_an_enrolment(self):
        account = WORLD.accounts["g.supervisor"]
        for bad in ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "y": ""}):
            code = must(WORLD.client("root.admin").post(f"/v1/accounts/{account}/enrolments", key=True), 201).json["code"]
            self.assertIn("/key", "".join(WORLD.client().post("/v1/enrolments", {"code": code, "key": bad}).pointers()))


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


if __name__ == "__main__":
    unittest.main()
