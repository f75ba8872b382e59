"""Units that demand what may not be demanded: who sees what, who may not be the same, how names are understood, what is refused."""
import base64
import json
import pathlib
import subprocess
import tempfile
import unittest

from sponsio_e2e.contract import begin
from sponsio_e2e.exposing import Exposing
from sponsio_e2e.exposures import (BANK, CIVIL_AFFAIRS, CONTACT, FOR_NOTARISATION, JUSTICE, NO_EXCEPTION, Case, exposed, followed, found_authorities, report,
                                   reported, screening)
from sponsio_e2e.life import add_file, rule
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import DISTRICT, World, must

WORLD, TOLD = World(), World()


def setUpModule():
    begin(WORLD)
    found_authorities(WORLD)
    reports_a_day(1, 1000)


def reports_a_day(version, number):
    """Gives the district its own limit."""
    pack = {"pack_id": "cn-invented", "version": str(version), "jurisdiction": DISTRICT, "extends": "cn-national", "title": {"zh": "示例区", "en": "Invented"},
            "effective_from": "2020-01-01", "effective_to": None,
            "rules": [rule("exposure.reports", kind="number", value=number, number_unit="reports_a_day")]}
    must(WORLD.client("root.admin").post("/v1/knowledge", pack), 200)


def fresh(name="示例供水公司", **changes):
    """A case of a unit of its own: (receipt, case)."""
    receipt = reported(WORLD, unit_name=name, unit_uscc=None, **changes)
    return receipt, Case.newest(WORLD)


class TheFourStories(unittest.TestCase):
    def test_they_are_told_and_leave_their_papers(self):
        with tempfile.TemporaryDirectory() as folder, TOLD:
            artefacts = pathlib.Path(folder)
            Exposing(TOLD, artefacts, Silence()).tell()
            case = json.loads((artefacts / "exposure.json").read_text(encoding="utf-8"))
            self.assertEqual((case["state"], case["authority_name"], case["meetings"]), ("closed", "示例区司法局", 1))
            self.assertEqual([step["event"] for step in case["history"]],
                             ["created", "screen", "call_meeting", "settle_meeting", "screen", "ask_unit", "answer", "order_correction", "show_correction",
                              "confirm_correction"])
            text = subprocess.run(["pdftotext", artefacts / "refusal-slip.pdf", "-"], capture_output=True, text=True, check=True).stdout
            for word in ("不予出具证明告知单", "示例社区居民委员会", "亲属关系证明", "民发〔2020〕20号"):
                self.assertIn(word, text.replace("\n", ""))
            entries = exposed(TOLD)
            self.assertEqual([(e["unit_name"], bool(e["corrected_at"]), bool(e["withdrawn_at"])) for e in entries],
                             [("示例银行朝阳支行", True, False), ("示例农商银行", False, True)])
            warned = [e["event"] for e in Case.newest(TOLD).seen()["history"]]
            self.assertEqual([e for e in warned if e.startswith("warn")], ["warn_yellow", "warn_red"])


class WhoSeesWhat(unittest.TestCase):
    def test_the_unit_sees_nothing_of_who_reported_it(self):
        secret = {"contact": CONTACT, "statement": "柜台要求到居委会开证明。", "purpose": "提取姑母存款"}
        reported(WORLD, proof_name="婚姻状况证明", **secret)
        case, bank = Case.newest(WORLD), WORLD.client("yu.bank")
        self.assertEqual(bank.get(case.path).status, 404)
        self.assertNotIn(case.path.rsplit("/", 1)[1], bank.get("/v1/exposures").body.decode())
        self.assertEqual(case.seen()["reports"][0]["said"]["contact"], CONTACT)
        no = [{"code": c, "applies": False, "why": "不涉及"} for c in ("marriage_file_lost", "adoption")]
        case.screen(proof_label="婚姻状况证明", exceptions=no)
        self.assertEqual(bank.get(case.path).status, 404)
        case.ask()
        seen = must(bank.get(case.path), 200)
        for word in secret.values():
            self.assertNotIn(word, seen.body.decode())
        self.assertEqual((seen.json["reports"], [e["event"] for e in seen.json["history"]]), ([], ["ask_unit"]))
        self.assertIn("示例民核〔2026〕1号", seen.json["letters"][0]["zh"])
        self.assertEqual([w["href"] for w in must(bank.get("/v1/work?kind=exposure_to_answer"), 200).json["items"]], [case.path])
        # What is above it sees it once a correction is ordered, and nobody beside it ever.
        self.assertEqual(WORLD.client("shui.district").get(case.path).status, 404)
        case.take(bank, "answer", {"admitted": False, "statement": "依规需要。", "claimed_basis": "本行业务须知"})
        case.order()
        must(WORLD.client("shui.district").get(case.path), 200)
        for login in ("bai.health", "qi.justice", "zhang.clerk"):
            self.assertEqual(WORLD.client(login).get(case.path).status, 404)
        # Of the authority's own files the unit reads what lies at the case, and never what lies at a report.
        report_path = f"/v1/exposure-reports/{case.seen()['reports'][0]['report_id']}"
        piece = add_file(case.verifier, report_path, "柜台录音文字")
        self.assertEqual(bank.get(f"{report_path}/evidence/{piece}").status, 404)

    def test_the_code_alone_follows_a_report(self):
        receipt, case = fresh("示例燃气公司")
        typed = receipt["case_code"].lower().replace("-", " ")
        told = must(WORLD.client().post("/public/v1/exposures/progress", {"case_code": typed}), 200).json
        self.assertEqual((told["state"], told["due_on"] is not None), ("reported", True))
        self.assertIn("exposure.screen", told["rule"])
        wrong = WORLD.client().post("/public/v1/exposures/progress", {"case_code": "K7MQ-2XPA-9HTR-VB4E"})
        self.assertEqual((wrong.status, wrong.problem), (404, "not-found"))
        no_case = screening("no_demand", reasons="该单位并未索要。")
        case.take(case.verifier, "screening", no_case)
        refused = case.decider.post(f"{case.path}/screening-decision", {"outcome": "ask_unit", "reasons": "x", "number": "1号"})
        self.assertEqual(refused.problem, "conflict")
        case.take(case.decider, "screening-decision", {"outcome": "explain", "reasons": "经核实，该单位只核验户口簿。"})
        told = followed(WORLD, receipt)
        self.assertEqual((told["state"], told["explanation"]), ("explained", "经核实，该单位只核验户口簿。"))

    def test_files_that_come_with_a_report(self):
        file = {"name": "告知.txt", "content_type": "text/plain; charset=utf-8", "content_base64": base64.b64encode("请开证明".encode()).decode()}
        _, case = fresh("示例电信公司", files=[file])
        one = case.seen()["reports"][0]
        path = f"/v1/exposure-reports/{one['report_id']}/evidence/{one['files'][0]['evidence_id']}"
        self.assertEqual(must(case.verifier.get(path), 200).body.decode(), "请开证明")
        before = WORLD.stored()
        wrong = file | {"content_type": "application/pdf"}
        answer = WORLD.client().post("/public/v1/exposures", report(WORLD, unit_name="示例报社", unit_uscc=None, files=[wrong]), key=True)
        self.assertEqual(answer.pointers(), {"/files/0/content_type": "other_type"})
        self.assertEqual(WORLD.stored(), before)


class HowNamesAreUnderstood(unittest.TestCase):
    def test_variants_in_both_languages(self):
        said = {"亲属关系证明": "cn-2020-01", "亲戚关系证明": "cn-2020-01", "親屬關係證明": "cn-2020-01", "证明你妈是你妈": "cn-2020-01", "活着证明": "cn-2020-10",
                "无犯罪记录证明": "cn-2020-05", "proof of kinship": "cn-2020-01", "certificate of no crimnal record": "cn-2020-05"}
        for number, (name, item) in enumerate(said.items()):
            with self.subTest(name):
                receipt = reported(WORLD, unit_name=f"示例单位{number}", unit_uscc=None, proof_name=name)
                self.assertEqual(receipt["item_id"], item)
                self.assertFalse(receipt["may_be_demanded"])
        receipt = reported(WORLD, unit_name="示例单位甲", unit_uscc=None, proof_name="开个条子")
        self.assertEqual((receipt["item_id"], receipt["match_score"]), (None, 0))

    def test_a_person_overrules_the_match(self):
        _, case = fresh("示例热力公司", proof_name="开个条子")
        self.assertEqual((case.seen()["item_id"], case.seen()["matched_by"]), (None, "search"))
        self.assertEqual(case.verifier.post(f"{case.path}/match", {"item_id": "cn-2020-99", "why": "x"}).pointers(), {"/item_id": "no_such_thing"})
        now = case.take(case.verifier, "match", {"item_id": "cn-2020-18", "why": "实为继承权证明"})
        self.assertEqual((now["item_id"], now["matched_by"], now["match_score"]), ("cn-2020-18", "person", 100))
        case.screen(proof_label="遗产继承权证明", exceptions=[])
        self.assertEqual(case.verifier.post(f"{case.path}/match", {"item_id": None, "why": "x"}).problem, "wrong-step")

    def test_reports_about_the_same_demand_are_one_case(self):
        _, case = fresh("示例 物业 公司")
        for name in ("示例物业公司", "示例·物业公司"):
            reported(WORLD, unit_name=name, unit_uscc=None, proof_name="亲属关系证明书")
        self.assertEqual(Case.newest(WORLD).path, case.path)
        self.assertEqual(len(case.seen()["reports"]), 3)
        _, other = fresh("示例物业公司", proof_name="无犯罪记录证明")
        self.assertNotEqual(other.path, case.path)
        case.screen()
        case.ask()
        case.take(WORLD.client("jiang.judges"), "answer", {"admitted": True, "statement": "书面答复：属实。"})
        case.order()
        case.correct(WORLD.client("lu.screens"))
        first = case.seen()["reports"][0]["report_id"]
        case.take(case.verifier, "help", {"report_id": first, "how": "已办结。"})
        self.assertEqual(case.confirmer.post(f"{case.path}/correction-decision", {"accepted": True, "reasons": "x"}).problem, "conflict")
        case.help_all()
        self.assertEqual(case.verifier.post(f"{case.path}/correction-decision", {"accepted": True, "reasons": "x"}).problem, "same-person")
        self.assertEqual(case.confirm()["state"], "closed")


class WhatIsRefused(unittest.TestCase):
    def test_bad_fields_all_at_once(self):
        before = WORLD.stored()
        bad = report(WORLD, source="inspector", region_code="999999", asked_on="2026-13-01", unit_uscc="1", proof_name="", demand="x")
        answer = WORLD.client().post("/public/v1/exposures", bad, key=True)
        self.assertEqual(answer.pointers(), {"/asked_on": "impossible_date", "/unit_uscc": "bad_format", "/proof_name": "empty", "/demand": "unknown_value"})
        for change, pointer in (({"source": "inspector"}, "/source"), ({"region_code": "999999"}, "/region_code"), ({"asked_on": "2027-01-01"}, "/asked_on")):
            self.assertEqual(list(WORLD.client().post("/public/v1/exposures", report(WORLD, **change), key=True).pointers()), [pointer])
        self.assertEqual(WORLD.client("zhang.clerk").post("/v1/exposures", report(WORLD, source="grassroots"), key=True).pointers(), {"/source": "not_allowed_here"})
        slip = {"proof_name": "亲属关系证明", "unit_name": "示例银行", "purpose": "开户"}
        self.assertEqual(WORLD.client("zhang.clerk").post("/v1/refusal-slips", slip, key=True).problem, "forbidden")
        admin = WORLD.client("root.admin")
        nobody = {"authority": "justice", "organisation_uscc": "91350100M000100Y43"}
        self.assertEqual(admin.post("/v1/exposure-authorities", nobody, key=True).pointers(), {"/organisation_uscc": "no_such_thing"})
        self.assertEqual(WORLD.stored(), before)

    def test_where_nobody_takes_reports(self):
        answer = WORLD.client().post("/public/v1/exposures", report(WORLD, region_code="440305", unit_uscc=None), key=True)
        self.assertEqual((answer.status, answer.problem), (409, "conflict"))
        self.assertIn("12345", answer.json["detail"])

    def test_exceptions_are_looked_at_before_anybody_is_blamed(self):
        _, case = fresh("示例房产中心")
        before = WORLD.stored()
        for said, wrong in ((screening(exceptions=[]), {"/exceptions": "required"}),
                            (screening(exceptions=FOR_NOTARISATION), {"/result": "not_allowed_here"}),
                            (screening("outside_list"), {"/result": "not_allowed_here"}),
                            (screening("exception"), {"/exceptions": "required"}),
                            (screening(exceptions=[*NO_EXCEPTION, NO_EXCEPTION[0]]), {"/exceptions/2/code": "listed_twice"}),
                            (screening(exceptions=[*NO_EXCEPTION, {"code": "adoption", "applies": False, "why": "x"}]), {"/exceptions/2/code": "unknown_value"})):
            answer = case.verifier.post(f"{case.path}/screening", said)
            self.assertEqual(answer.pointers(), wrong, answer.body)
        self.assertEqual(WORLD.stored(), before)
        case.screen(result="exception", exceptions=FOR_NOTARISATION)
        case.take(case.decider, "screening-decision", {"outcome": "return_screening", "reasons": "再核实。"})
        case.screen()
        wrong = {"outcome": "call_meeting", "reasons": "x", "number": "1", "special": True, "authorities": ["一家"]}
        self.assertEqual(case.decider.post(f"{case.path}/screening-decision", wrong).pointers(),
                         {"/number": "not_allowed_here", "/question": "required", "/special": "not_allowed_here", "/authorities": "empty"})
        lead = {"outcome": "call_meeting", "reasons": "x", "question": "x", "authorities": ["甲", "乙"], "lead_uscc": BANK}
        self.assertEqual(case.decider.post(f"{case.path}/screening-decision", lead).pointers(), {"/lead_uscc": "no_such_thing"})

    def test_one_person_does_not_do_it_alone(self):
        _, case = fresh("示例交通公司")
        both = WORLD.client("jin.proposes")  # verifier and supervisor
        case.take(both, "screening", screening())
        decision = {"outcome": "ask_unit", "reasons": "x", "number": "1号"}
        self.assertEqual(both.post(f"{case.path}/screening-decision", decision).problem, "same-person")
        case.ask()
        early = case.decider.post(f"{case.path}/answer-decision", {"justified": False, "reasons": "x", "number": "1号", "measures": "x"})
        self.assertEqual(early.problem, "too-early")
        case.take(WORLD.client("lu.screens"), "answer", {"admitted": True, "statement": "属实。"})
        case.order()
        self.assertEqual(both.post(f"{case.path}/exposure-proposal", {"level": "public", "reasons": "x"}).problem, "wrong-step")

    def test_an_exposure_needs_three_persons_and_no_open_appeal(self):
        _, case = fresh("示例学校", unit_kind="public_institution")
        case.screen()
        case.ask()
        case.take(WORLD.client("lu.screens"), "answer", {"admitted": False, "statement": "不认可。"})
        case.order()
        case.days_pass(21)
        case.until("warned_yellow")
        self.assertEqual(case.proposer.post(f"{case.path}/exposure-proposal", {"level": "public", "reasons": "x"}).problem, "conflict")
        case.days_pass(14)
        case.until("warned_red")
        case.take(case.judge, "appeal", {"statement": "理由不成立。"})
        self.assertEqual(case.judge.post(f"{case.path}/appeal", {"statement": "x"}).problem, "conflict")
        case.take(case.proposer, "exposure-proposal", {"level": "internal", "reasons": "未纠正。"})
        check = {"agreed": True, "opinion": "合法。"}
        self.assertEqual(case.reviewer.post(f"{case.path}/legal-check", check).problem, "conflict")
        case.take(case.judge, "appeal-decision", {"upheld": False, "reasons": "证据充分。", "number": "示例民复〔2026〕1号"})
        case.take(case.reviewer, "legal-check", check)
        listed = [e["exposure_id"] for e in exposed(WORLD)]
        case.take(case.exposer, "exposure-decision", {"agreed": True, "reasons": "同意。", "number": "示例民通〔2026〕1号"})
        self.assertEqual((case.state(), [e["exposure_id"] for e in exposed(WORLD)]), ("notified", listed))
        case.correct(WORLD.client("lu.screens"))
        case.take(case.confirmer, "correction-decision", {"accepted": False, "reasons": "仍在索要。"})
        case.correct(WORLD.client("lu.screens"))
        case.help_all()
        self.assertEqual(case.confirm()["state"], "exposure_closed")

    def test_the_authority_does_not_judge_itself(self):
        """A report about the justice bureau goes to civil affairs, since nobody judges their own demand."""
        receipt = reported(WORLD, unit_name="示例区司法局", unit_uscc=JUSTICE, unit_kind="government", proof_name="无犯罪记录证明")
        self.assertEqual(receipt["authority_name"], "示例区民政局")
        self.assertEqual(reported(WORLD, unit_name="示例区民政局", unit_uscc=CIVIL_AFFAIRS, unit_kind="government")["authority_name"], "示例区司法局")

    def test_so_many_a_day_from_one_network(self):
        reports_a_day(2, 1)
        self.addCleanup(reports_a_day, 3, 1000)
        before = WORLD.stored()
        for _ in range(2):
            answer = WORLD.client().post("/public/v1/exposures", report(WORLD), key=True)
        self.assertEqual((answer.status, answer.problem), (429, "throttled"))
        self.assertIn("exposure.reports", answer.json["detail"])
        after = WORLD.stored()
        self.assertEqual(after["exposure"], before["exposure"])


if __name__ == "__main__":
    unittest.main()
