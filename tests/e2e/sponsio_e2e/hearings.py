"""The longer roads of a finding: an order to rectify, a hearing, new facts, and that it falls. All is made up."""
import datetime

from . import people
from .world import instant, must

ORDER = {"number": "示例住保责改字〔2026〕1号", "what": "十五日内腾退所申报的住房并提交证明", "contact": "住房保障科，010-00000000"}
CALL = {"number": "示例住保听通字〔2026〕1号", "place": "示例区建设路1号二层会议室", "open": True, "contact": "法规科，010-00000000"}
RECORD = {"number": "示例住保听笔字〔2026〕1号", "attended": True, "record": "当事人陈述：自幼抚养。", "opinion": "事实清楚，建议从轻。"}


def paper_of(client, path, text):
    """A file of the finding: its id."""
    answer = client.post_bytes(f"{path}/evidence?kind=documentary&name=paper.txt", text.encode(), "text/plain; charset=utf-8", key=True)
    return must(answer, 201).json["evidence_id"]


class Roads:
    """Who does what about a finding, beside what every finding has."""

    def __init__(self, world):
        self.world = world
        self.clerk, self.verifier = world.client("zhang.clerk"), world.client("li.verifier")
        self.reviewer, self.decider, self.supervisor = world.client("wang.reviewer"), world.client("zhao.decider"), world.client("qian.supervisor")

    def reviewed(self, draft):
        """The path of a reviewed finding."""
        path = f"/v1/findings/{must(self.verifier.post('/v1/findings', draft, key=True), 201).json['finding_id']}"
        must(self.reviewer.post(f"{path}/review", people.REVIEW), 200)
        return path

    def served(self, path, finding, kind):
        """That its newest paper of that kind was handed over, with its receipt."""
        return people.service(self.clerk, path, self.world.after_all_that()) | {"digest_sha256": people.digest_of(finding, kind)}

    def ordered(self, path):
        """Composed and served: the finding as it was composed."""
        composed = must(self.clerk.post(f"{path}/order", ORDER), 200).json
        must(self.clerk.post(f"{path}/order/service", self.served(path, composed, "order")), 200)
        return composed

    def set_right(self, path):
        said = {"corrected": True, "opinion": "已按要求改正。", "evidence_id": paper_of(self.clerk, path, "退房证明")}
        return must(self.reviewer.post(f"{path}/order/outcome", said), 200).json

    def ask(self, path):
        return must(self.clerk.post(f"{path}/hearing", {"text": "要求听证。", "evidence_id": paper_of(self.clerk, path, "听证申请书")}), 200).json

    def give_up(self, path):
        said = {"text": "不再要求听证。", "evidence_id": paper_of(self.clerk, path, "撤回听证申请书")}
        return must(self.clerk.post(f"{path}/hearing/withdrawal", said), 200).json

    def call(self, days, chair="qian.supervisor"):
        """A notice of a hearing in so many days, and when that is."""
        at = self.world.clock.now() + datetime.timedelta(days=days)
        return CALL | {"at": instant(at), "chair_id": self.world.accounts[chair]}, at

    def record(self, path, **changes):
        return RECORD | {"signed_evidence_id": paper_of(self.clerk, path, "听证笔录")} | changes

    def heard(self, path):
        """Asked for, called, held on its day, with new facts that were looked at."""
        self.ask(path)
        call, at = self.call(20)
        called = must(self.clerk.post(f"{path}/hearing/notice", call), 200).json
        must(self.clerk.post(f"{path}/hearing/notice/service", self.served(path, called, "hearing_notice")), 200)
        self.world.clock.move_to(at + datetime.timedelta(hours=1))
        must(self.supervisor.post(f"{path}/hearing/record", self.record(path, new_facts="当庭提交户籍档案。")), 200)
        return must(self.reviewer.post(f"{path}/recheck", {"result": "unfounded", "text": "经查档不属实。"}), 200).json

    def wish(self, path, **changes):
        """What asks for an effective finding to fall."""
        return {"ground": "judgment", "number": "（2026）虚行初1号", "decided_on": self.world.clock.today(), "why": "判决撤销。",
                "evidence_id": paper_of(self.clerk, path, "判决书")} | changes


def all_roads(world, draft, effective):
    """Every step of them, on findings of fresh drafts and on one that is in effect and stands afterwards."""
    roads = Roads(world)
    path = roads.reviewed(draft() | {"kind": "unfulfilled", "fault": "negligent"})
    roads.ordered(path)
    roads.set_right(path)
    path = roads.reviewed(draft())
    world.notify(roads.clerk, path)
    roads.ask(path)
    roads.give_up(path)
    roads.heard(path)
    must(roads.decider.post(f"{path}/decision", people.DECISION | {"outcome": "dismissed", "defence_answer": None, "hearing_answer": "予以采纳。"}), 200)
    must(roads.verifier.post(f"{effective}/revocation", roads.wish(effective, ground="own_mistake")), 200)
    must(roads.supervisor.post(f"{effective}/revocation/decision", {"revoked": False, "opinion": "认定无误。"}), 200)
    return must(roads.clerk.get(f"{effective}/revocation"), 200).json
