"""The list of seriously dishonest subjects, as people at the desks bring somebody onto it and off again. All is made up."""
import datetime
import unittest

from . import people
from .case import DAY, DECISION, checked, filed
from .hearings import CALL
from .identifiers import citizen_number
from .life import add_file, place, rule
from .program import wait_until
from .world import instant, must

FORGER = {"kind": "natural_person", "name": "闻人例三", "document": {"type": "citizen_id", "number": citizen_number("11010519740404003")}}
LAW = {"level": "law", "law": "示例信用法（虚构）", "article": "第十条"}
NOTICE = people.PRIOR_NOTICE | {"number": "示例住保列告字〔2026〕1号"}
RECORD = {"number": "示例住保列笔字〔2026〕1号", "attended": True, "record": "当事人陈述：材料系他人代办。", "opinion": "建议列入。"}
DECIDED = {"listed": True, "number": "示例住保列字〔2026〕1号", "reasons": "伪造材料骗取给付属实。"}


# Remedies that are soon over, so that no token of the people has to be renewed meanwhile.
SHORT = [rule("remedy.reconsider", kind="clock", value=10, unit="calendar_days", starts="act.known", rolls=False),
         rule("remedy.litigation", kind="clock", value=1, unit="months", starts="act.known", rolls=False)]


def give_grounds(world, *more):
    """The district gets rules by which forged papers are a ground and persons may be read of."""
    rules = place()
    rules |= {"version": "2", "rules": [*rules["rules"], rule("serious.grounds", kind="list", values=["forged_papers"]), *more]}
    return must(world.client("root.admin").post("/v1/knowledge", rules), 200).json


def serious_record(world, committer=FORGER, remedies=200 * DAY):
    """A promise that was found seriously false, in effect and on record: (record, path of the finding)."""
    draft = checked(world, filed(world, committer)) | {"severity": "serious"}
    clerk = world.client("zhang.clerk")
    path = f"/v1/findings/{must(world.client('li.verifier').post('/v1/findings', draft, key=True), 201).json['finding_id']}"
    must(world.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
    world.notify(clerk, path)
    world.clock.move_to(world.clock.now() + 20 * DAY)
    must(world.client("zhao.decider").post(f"{path}/decision", DECISION), 200)
    must(clerk.post(f"{path}/service", people.service(clerk, path, world.after_all_that())), 200)
    world.clock.move_to(world.clock.now() + remedies)
    return wait_until("the record is issued", lambda: clerk.get(path).json["record_id"], within=60), path


class Listing:
    """A case of the list, and who does what in it."""

    def __init__(self, world, record):
        self.world, self.record, self.path = world, record, None
        self.clerk, self.verifier = world.client("zhang.clerk"), world.client("li.verifier")
        self.reviewer, self.decider, self.supervisor = world.client("wang.reviewer"), world.client("zhao.decider"), world.client("qian.supervisor")

    def draft(self, **changes):
        return {"record_id": self.record, "ground": "forged_papers", "legal_basis": [LAW], "reason": "伪造户籍材料骗取公租房资格。",
                "measures": "三年内不得享受住房保障。"} | changes

    def propose(self):
        made = must(self.verifier.post("/v1/serious-listings", self.draft(), key=True), 201)
        self.path = made.headers["location"]
        return made.json

    def seen(self):
        return must(self.clerk.get(self.path), 200).json

    def do(self, who, step, said):
        return must(who.post(f"{self.path}/{step}", said), 200).json

    def file(self, text="送达回证：本人签收。"):
        return add_file(self.clerk, self.path, text)

    def service(self, **changes):
        """That the newest paper was handed over, with its receipt."""
        digest, served_at = self.seen()["papers"][-1]["digest_sha256"], self.world.after_all_that()
        return {"served_at": served_at, "method": "in_person", "receipt": "本人签收", "receipt_evidence_id": self.file(), "digest_sha256": digest} | changes

    def served(self):
        return self.do(self.clerk, "service", self.service())

    def said(self, kind):
        return {"kind": kind, "text": "材料系他人代办。", "evidence_id": self.file("当事人签署件")}

    def call(self, days, chair="qian.supervisor"):
        at = self.world.clock.now() + datetime.timedelta(days=days)
        return CALL | {"at": instant(at), "chair_id": self.world.accounts[chair]}, at

    def hear(self):
        self.do(self.clerk, "statements", self.said("hearing_request"))
        call, at = self.call(25)
        self.do(self.clerk, "hearing/notice", call)
        self.served()
        self.world.clock.move_to(at + datetime.timedelta(hours=1))
        return self.do(self.supervisor, "hearing/record", RECORD | {"signed_evidence_id": self.file("听证笔录")})


def every_step(world):
    """Each operation of the list, once: for the contract."""
    if not hasattr(world, "notice_id"):
        world.notice_id = world.story.notice["notice_id"]
    give_grounds(world, *SHORT)
    one = Listing(world, serious_record(world, remedies=45 * DAY)[0])
    one.propose()
    one.do(one.reviewer, "basis-check", {"confirmed": True, "opinion": "依据为法律。"})
    one.do(one.clerk, "prior-notice", NOTICE)
    one.served()
    one.hear()
    one.do(one.decider, "decision", DECIDED | {"hearing_answer": "不予采纳。"})
    one.served()
    receipt = one.file("补充材料")
    for client, target in ((one.clerk, f"{one.path}/evidence/{receipt}"), (one.clerk, "/v1/serious-listings?state=listed"), (world.client(), "/public/v1/serious-list")):
        must(client.get(target), 200)
    return one.do(one.supervisor, "removal", {"why": "列入有误。", "number": "示例住保移字〔2026〕1号"})


def last_chapter(world, module):
    """Every step, as a test that runs after all others of that module, since it lets time pass that they need."""
    class TheSeriousList(unittest.TestCase):
        def test_somebody_is_listed_and_taken_off(self):
            for login in ("zhang.clerk", "li.verifier", "wang.reviewer", "zhao.decider", "qian.supervisor"):
                world.tokens[login] = world.enrolled(world.accounts[login], expires_at=world.token_end())["token"]
            self.assertEqual(every_step(world)["state"], "removed")
    TheSeriousList.__module__ = module  # or the world ends before it
    return TheSeriousList
