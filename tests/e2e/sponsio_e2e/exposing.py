"""Units that demand what may not be demanded, told with real requests: the circle of an inheritance, a bank that does it again, one
that was blamed wrongly, and a bureau that makes committees issue a paper. scripts/run prints it at the end.
"""
import json

from .exposures import FOR_NOTARISATION, HEALTH, JUSTICE, NOTARY, Case, exposed, followed, found_authorities, report, reported
from .life import add_file
from .telling import expect
from .world import must


class Exposing:
    def __init__(self, world, artefacts, teller):
        self.world, self.artefacts, self.teller = world, artefacts, teller
        world.on_exchange = teller.exchange

    def tell(self):
        with self.teller.quietly():
            found_authorities(self.world)
        must(self.world.client().get("/public/v1/exposure-authorities"), 200)
        self.refuse()
        self.walk_in_a_circle()
        self.do_it_again()
        self.blame_wrongly()
        self.make_committees_issue()

    def refuse(self):
        self.teller.headline("居委会不予出具证明，并说明依据和办理途径", "A committee refuses a proof, and says by which list and where to go instead")
        clerk = self.world.client("zou.committee")
        wish = {"proof_name": "亲属关系证明", "unit_name": "示例区公证处", "purpose": "办理继承公证"}
        slip = must(clerk.post("/v1/refusal-slips", wish, key=True), 201)
        pdf = must(clerk.get(slip.headers["location"], "application/pdf"), 200).body
        expect(pdf.startswith(b"%PDF-"), "the slip should be drawn")
        expect(slip.json["item_id"] == "cn-2020-01" and "群众" in slip.json["text"]["zh"], "the slip names the item, and blames no resident")
        (self.artefacts / "refusal-slip.pdf").write_bytes(pdf)

    def walk_in_a_circle(self):
        """Bank, notary, police and committee each send the resident on; one authority leads, and the matter is done."""
        self.teller.headline("循环证明：由一家牵头，到群众办成事为止", "Proofs in a circle: one authority leads, until the resident's matter is done")
        world = self.world
        receipt = reported(world, proof_name="亲属关系证明", purpose="办理继承公证", **NOTARY)
        case = Case.newest(world)
        attachment = add_file(case.verifier, f"/v1/exposure-reports/{case.seen()['reports'][0]['report_id']}", "公证处告知单")
        must(case.verifier.get(f"/v1/exposure-reports/{case.seen()['reports'][0]['report_id']}/evidence/{attachment}"), 200)
        must(case.verifier.get("/v1/work?kind=exposure_to_screen"), 200)
        case.screen(result="circular", exceptions=FOR_NOTARISATION, claimed_basis="公证程序规则（虚构条款）")
        blamed = case.decider.post(f"{case.path}/screening-decision", {"outcome": "ask_unit", "reasons": "x", "number": "1号"})
        expect((blamed.status, blamed.problem) == (409, "conflict"), "nobody is blamed for a circle before the authorities met")
        meeting = {"outcome": "call_meeting", "reasons": "两家意见不一。", "question": "由谁核实亲属关系", "authorities": ["示例区司法局", "示例区公安分局"]}
        case.take(case.decider, "screening-decision", meeting | {"lead_uscc": JUSTICE})
        case = Case(world, case.path, JUSTICE)
        minutes = add_file(case.verifier, case.path, "联席会议纪要")
        must(case.verifier.get(f"{case.path}/evidence/{minutes}"), 200)
        case.take(case.verifier, "meeting-outcome", {"held_on": world.clock.today(), "resolution": "由公证处向公安机关核实。", "evidence_id": minutes})
        case.screen(result="circular", exceptions=FOR_NOTARISATION)
        case.ask("示例司核〔2026〕1号")
        notary = world.client("wu.other")
        case.take(notary, "answer", {"admitted": True, "statement": "情况属实，将向公安机关核实。"})
        case.order("示例司责〔2026〕1号")
        case.correct(notary)
        refused = case.decider.post(f"{case.path}/correction-decision", {"accepted": True, "reasons": "x"})
        expect(refused.problem == "conflict", "nothing is closed before the resident was helped")
        case.help_all()
        case.confirm()
        told = followed(world, receipt)
        expect((told["state"], bool(told["helped_at"])) == ("closed", True), "who reported it sees that it is done")
        (self.artefacts / "exposure.json").write_text(json.dumps(case.seen(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def do_it_again(self):
        """Once closed, the bank asks again: warned at once, exposed to everybody, and shown as corrected."""
        self.teller.headline("同一单位再次索要：黄灯警示直至公开曝光，纠正后注明", "The same unit again: warned, exposed to everybody, shown as corrected")
        world = self.world
        bank = world.client("yu.bank")
        for times in (1, 2):
            reported(world)
            case = Case.newest(world)
            case.take(case.verifier, "match", {"item_id": "cn-2020-01", "why": "即清单第一项。"})
            case.screen()
            case.ask(f"示例民核〔2026〕{times}号")
            case.take(bank, "answer", {"admitted": True, "statement": "属实。"})
            case.order(f"示例民责〔2026〕{times}号")
            if times == 1:
                case.correct(bank)
                case.help_all()
                case.confirm()
        expect((case.seen()["state"], case.seen()["repeat_no"]) == ("warned_yellow", 1), "who was ordered before is warned at once")
        case.expose()
        expect([e["corrected_at"] for e in exposed(world)] == [None], "everybody reads it")
        case.correct(bank)
        case.help_all()
        case.confirm()
        expect(exposed(world)[0]["corrected_at"], "everybody reads that it was corrected")

    def blame_wrongly(self):
        """A bank that is not in this system says nothing, is exposed, and is right."""
        self.teller.headline("曝光有误：申诉成立，撤销并更正", "A bank that was blamed wrongly: its appeal is upheld, and it is withdrawn with a notice")
        world = self.world
        reported(world, unit_name="示例农商银行", unit_uscc=None, proof_name="无犯罪记录证明", purpose="应聘")
        case = Case.newest(world)
        case.screen(proof_label="无犯罪记录证明", exceptions=[])
        case.ask("示例民核〔2026〕3号", special=True)
        case.days_pass(21)
        case.order("示例民责〔2026〕3号")
        case.days_pass(21)
        with self.teller.quietly():
            case.until("warned_yellow")
        case.days_pass(14)
        with self.teller.quietly():
            case.until("warned_red")
        case.expose(number="示例民曝〔2026〕2号")
        case.take(case.judge, "appeal", {"statement": "本行从未要求提供该证明，反映人所指为另一机构。"})
        refused = case.decider.post(f"{case.path}/appeal-decision", {"upheld": False, "reasons": "x", "number": "1号"})
        expect(refused.problem == "same-person", "who ordered the correction does not judge the appeal")
        case.take(case.judge, "appeal-decision", {"upheld": True, "reasons": "经复核，系另一机构所为。", "number": "示例民撤〔2026〕1号"})
        entry = next(e for e in exposed(world) if e["unit_name"] == "示例农商银行")
        expect(entry["withdrawn_at"] and entry["result"] is None and "更正" in entry["notice"]["zh"], "everybody reads that it was wrong, and no more")

    def make_committees_issue(self):
        """A bureau has committees issue item 11; its superior gets the order too."""
        self.teller.headline("上级单位要求居委会出具死亡证明：抄送其上级，责令纠正", "A bureau makes committees issue death papers: ordered, with a copy to what is above it")
        world = self.world
        told = report(world, source="grassroots", unit_name="示例区卫生健康委员会", unit_uscc=HEALTH, unit_kind="government", demand="made_committee_issue",
                      proof_name="死亡证明", purpose="死因登记")
        must(world.client("zou.committee").post("/v1/exposures", told, key=True), 201)
        case = Case.newest(world, "qi.justice", JUSTICE)
        case.screen(proof_label="居民死亡证明", exceptions=[])
        case.ask("示例司核〔2026〕2号")
        bureau = world.client("bai.health")
        case.take(bureau, "answer", {"admitted": True, "statement": "将停止。"})
        ordered = case.order("示例司责〔2026〕2号")
        expect(ordered["superior_name"] == "示例区人民政府" and "抄送：示例区人民政府" in ordered["letters"][-1]["zh"], "what is above it gets a copy")
        must(world.client("shui.district").get(case.path), 200)
        case.correct(bureau)
        case.help_all()
        case.confirm()
        expect(case.state() == "closed", "the bureau corrected it")
