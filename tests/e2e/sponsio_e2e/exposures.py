"""Units that demand proofs, as residents, committees, authorities and the units themselves bring the cases about. All is made up."""
import datetime

from .identifiers import uscc
from .life import add_file
from .program import wait_until
from .world import DISTRICT, GOVERNMENT, OTHER_AGENCY, must

CIVIL_AFFAIRS = uscc("11110105000000066")
JUSTICE = uscc("11110105000000077")
COMMITTEE = uscc("54110105000000088")
BANK = uscc("91110105000000099")
HEALTH = uscc("11110105000000101")

ORGANISATIONS = [(CIVIL_AFFAIRS, "示例区民政局", "government"), (JUSTICE, "示例区司法局", "government"), (COMMITTEE, "示例社区居民委员会", "grassroots"),
                 (BANK, "示例银行朝阳支行", "public_enterprise"), (HEALTH, "示例区卫生健康委员会", "government")]
# login -> (organisation, name, roles): of an authority nobody may do all.
PEOPLE = {
    "lu.screens": (CIVIL_AFFAIRS, "卢审", ["verifier"]),
    "cao.decides": (CIVIL_AFFAIRS, "曹决", ["decider"]),
    "jin.proposes": (CIVIL_AFFAIRS, "金提", ["supervisor", "verifier"]),
    "wei.checks": (CIVIL_AFFAIRS, "魏核", ["reviewer"]),
    "tao.exposes": (CIVIL_AFFAIRS, "陶曝", ["decider"]),
    "jiang.judges": (CIVIL_AFFAIRS, "姜判", ["supervisor", "clerk"]),
    "qi.justice": (JUSTICE, "戚审", ["verifier"]),
    "xie.justice": (JUSTICE, "谢决", ["decider", "supervisor"]),
    "zou.committee": (COMMITTEE, "邹委", ["clerk"]),
    "yu.bank": (BANK, "喻行", ["clerk"]),
    "bai.health": (HEALTH, "柏卫", ["clerk"]),
    "shui.district": (GOVERNMENT, "水府", ["clerk"]),
}
CONTACT = "13900000000"


def appoint(world, authority, code):
    """One administrator proposes the authority of a place, another confirms it."""
    if "fang.second" not in world.tokens:
        world.add_person("fang.second", GOVERNMENT, "方复核", ["administrator"])
    made = must(world.client("root.admin").post("/v1/exposure-authorities", {"authority": authority, "organisation_uscc": code}, key=True), 201).json
    return must(world.client("fang.second").post(f"/v1/exposure-authorities/{made['appointment_id']}/confirmation"), 200).json


def found_authorities(world):
    """Enters who takes part, and makes the two bureaus the authorities of the district."""
    for code, name, kind in ORGANISATIONS:
        world.add_organisation({"uscc": code, "name": name, "kind": kind, "region_code": DISTRICT, "parent_uscc": GOVERNMENT})
    for login, (organisation, name, roles) in PEOPLE.items():
        world.add_person(login, organisation, name, roles)
    for authority, code in (("civil_affairs", CIVIL_AFFAIRS), ("justice", JUSTICE)):
        appoint(world, authority, code)
    waiting = must(world.client("fang.second").get("/v1/exposure-authorities"), 200).json["items"]
    assert all(one["confirmed_by_name"] == "方复核" for one in waiting), waiting


def report(world, **changes):
    """What a resident sends about the bank; a None takes a member out."""
    told = {"source": "resident", "region_code": DISTRICT, "unit_name": "示例银行朝阳支行", "unit_uscc": BANK, "unit_kind": "public_enterprise",
            "demand": "asked_resident", "asked_on": world.clock.today(), "proof_name": "亲属关系证明", "purpose": "提取已故亲属存款",
            "statement": "柜台要求到居委会开证明，否则不予办理。", "contact": CONTACT} | changes
    return {name: value for name, value in told.items() if value is not None}


NO_EXCEPTION = [{"code": "real_estate_registration", "applies": False, "why": "非不动产登记"}, {"code": "notarisation", "applies": False, "why": "非公证"}]
FOR_NOTARISATION = [NO_EXCEPTION[0], {"code": "notarisation", "applies": True, "why": "系办理公证"}]


def screening(result="on_list", **changes):
    return {"result": result, "reasons": "经核实属实。", "proof_label": "亲属关系证明", "exceptions": NO_EXCEPTION} | changes


class Case:
    """One case, found by its unit, and who does what about it."""

    def __init__(self, world, path, authority=CIVIL_AFFAIRS):
        self.world, self.path = world, path
        civil = authority == CIVIL_AFFAIRS
        self.verifier = world.client("lu.screens" if civil else "qi.justice")
        self.decider = world.client("cao.decides" if civil else "xie.justice")
        self.confirmer = world.client("jiang.judges") if civil else self.decider
        self.proposer, self.reviewer = world.client("jin.proposes"), world.client("wei.checks")
        self.exposer, self.judge = world.client("tao.exposes"), world.client("jiang.judges")

    @classmethod
    def newest(cls, world, login="lu.screens", authority=CIVIL_AFFAIRS):
        """The one that was reported last to that authority."""
        return cls(world, "/v1/exposures/" + world.client(login).all_items("/v1/exposures")[-1]["exposure_id"], authority)

    def take(self, client, step, body, status=200):
        return must(client.post(f"{self.path}/{step}", body), status).json

    def seen(self, client=None):
        return must((client or self.verifier).get(self.path), 200).json

    def state(self):
        return self.seen()["state"]

    def screen(self, **changes):
        return self.take(self.verifier, "screening", screening(**changes))

    def ask(self, number="示例民核〔2026〕1号", **changes):
        return self.take(self.decider, "screening-decision", {"outcome": "ask_unit", "reasons": "同意。", "number": number} | changes)

    def order(self, number="示例民责〔2026〕1号"):
        return self.take(self.decider, "answer-decision", {"justified": False, "reasons": "没有法律依据。", "number": number, "measures": "停止索要，改为核验户口簿。"})

    def correct(self, client):
        proof = add_file(client, self.path, "修订后的业务须知")
        return self.take(client, "correction", {"statement": "已修订业务须知并为群众办结。", "evidence_id": proof})

    def help_all(self):
        for one in self.seen()["reports"]:
            if one["helped_at"] is None and one["source"] in ("resident", "grassroots"):
                self.take(self.verifier, "help", {"report_id": one["report_id"], "how": "已凭户口簿为其办理。"})

    def confirm(self):
        return self.take(self.confirmer, "correction-decision", {"accepted": True, "reasons": "已核实。"})

    def expose(self, level="public", number="示例民曝〔2026〕1号"):
        self.take(self.proposer, "exposure-proposal", {"level": level, "reasons": "多次责令仍未纠正。"})
        self.take(self.reviewer, "legal-check", {"agreed": True, "opinion": "事实清楚，程序合法。"})
        return self.take(self.exposer, "exposure-decision", {"agreed": True, "reasons": "同意。", "number": number})

    def until(self, state):
        wait_until(f"the case is {state}", lambda: self.state() == state, within=60)

    def days_pass(self, days):
        self.world.clock.move_to(self.world.clock.now() + datetime.timedelta(days=days))


def reported(world, **changes):
    """The receipt of a report by the public."""
    return must(world.client().post("/public/v1/exposures", report(world, **changes), key=True), 201).json


def followed(world, receipt):
    return must(world.client().post("/public/v1/exposures/progress", {"case_code": receipt["case_code"]}), 200).json


def exposed(world):
    """What everybody reads."""
    return world.client().all_items("/public/v1/exposures?limit=1")


NOTARY = {"unit_name": "示例区公证处", "unit_uscc": OTHER_AGENCY, "unit_kind": "service_body"}
