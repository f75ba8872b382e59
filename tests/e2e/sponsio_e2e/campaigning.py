"""A campaign of a city over three of its counties: counted, cleaned up, counted again. All is made up."""
import datetime
import urllib.parse

from .exposing import Exposing
from .exposures import CIVIL_AFFAIRS, appoint
from .identifiers import uscc
from .telling import expect
from .world import DISTRICT, GOVERNMENT, must

BUREAU = uscc("11110000000000112")  # of the city
COUNTIES = {DISTRICT: (CIVIL_AFFAIRS, "jiang.judges"), "110101": (uscc("11110101000000113"), "dong.counts"), "110102": (uscc("11110102000000114"), "xi.counts")}
ORGANISATIONS = [(BUREAU, "示例市民政局", "110000"), (COUNTIES["110101"][0], "示例东区民政局", "110101"), (COUNTIES["110102"][0], "示例西区民政局", "110102")]
PEOPLE = {
    "mo.plans": (BUREAU, "莫拟", ["supervisor", "verifier"]),
    "ning.opens": (BUREAU, "宁启", ["decider", "supervisor"]),
    "pang.accepts": (BUREAU, "庞验", ["verifier"]),
    "dong.counts": (COUNTIES["110101"][0], "董统", ["clerk"]),
    "xi.counts": (COUNTIES["110102"][0], "奚统", ["clerk"]),
}
COMMITTEE, BANK = "示例一社区居民委员会", "示例银行"


def found_campaign(world):
    """The city's bureau, authority above the counties', and the counties' bureaus that count. After found_authorities."""
    for code, name, region in ORGANISATIONS:
        world.add_organisation({"uscc": code, "name": name, "kind": "government", "region_code": region, "parent_uscc": GOVERNMENT})
    for login, (organisation, name, roles) in PEOPLE.items():
        world.add_person(login, organisation, name, roles)
    appoint(world, "civil_affairs", BUREAU)


def item_called(world, name):
    """The item of the list that counts today."""
    found = must(world.client().get(f"/v1/proof-items?q={urllib.parse.quote(name)}&on={world.clock.today()}&limit=1"), 200).json["items"]
    return found[0]["item_id"]


def day(world, days):
    """So many days from today, in China."""
    return f"{datetime.date.fromisoformat(world.clock.today()) + datetime.timedelta(days=days):%Y-%m-%d}"


def plan(world, regions=tuple(COUNTIES), **changes):
    """A campaign of a hundred days from today; its periods are the thirty days before it and from its fortieth day on."""
    tasks = []
    for region in regions:
        for kind, due in (("count_before", 10), ("clean_up", 30), ("count_after", 80)):
            tasks.append({"kind": kind, "region_code": region, "unit_uscc": COUNTIES[region][0], "title": f"{kind} {region}", "due_on": day(world, due)})
    return {"name": "示例市社区万能章专项治理", "authority": "civil_affairs", "number": "示例民发〔2026〕3号", "purpose": "清理社区违规出具和单位违规索要的证明。",
            "item_ids": [item_called(world, "亲属关系证明"), item_called(world, "死亡证明")], "region_codes": list(regions), "starts_on": day(world, 0),
            "ends_on": day(world, 100), "before": {"from": day(world, -30), "to": day(world, -1)}, "after": {"from": day(world, 40), "to": day(world, 69)},
            "tasks": tasks} | changes


def count(item, number, unit=COMMITTEE, counted_as="issued"):
    return {"unit_name": unit, "item_id": item, "counted_as": counted_as, "number": number}


class Campaign:
    """One campaign, and who does what about it."""

    def __init__(self, world, path):
        self.world, self.path = world, path
        self.planner, self.head, self.accepter = (world.client(login) for login in ("mo.plans", "ning.opens", "pang.accepts"))

    @classmethod
    def drafted(cls, world, **changes):
        return cls(world, must(world.client("mo.plans").post("/v1/campaigns", plan(world, **changes), key=True), 201).headers["location"])

    def take(self, client, step, body):
        return must(client.post(f"{self.path}/{step}", body), 200).json

    def open(self):
        return self.take(self.head, "opening", {"reasons": "同意启动。"})

    def seen(self, client=None):
        return must((client or self.planner).get(self.path), 200).json

    def public(self):
        return must(self.world.client().get(f"/public{self.path}"), 200).json

    def task(self, kind, region=DISTRICT):
        return "/v1/campaign-tasks/" + next(t["campaign_task_id"] for t in self.seen()["tasks"] if (t["kind"], t["region_code"]) == (kind, region))

    def unit(self, region=DISTRICT):
        return self.world.client(COUNTIES[region][1])

    def report(self, kind, region=DISTRICT, counts=None):
        body = {"statement": "已逐一核查。"} | ({"counts": counts} if counts else {})
        return must(self.unit(region).post(f"{self.task(kind, region)}/report", body), 200).json

    def accept(self, kind, region=DISTRICT, agreed=True):
        return must(self.accepter.post(f"{self.task(kind, region)}/decision", {"agreed": agreed, "reasons": "数据齐全。"}), 200).json

    def days_pass(self, days):
        self.world.clock.move_to(self.world.clock.now() + datetime.timedelta(days=days))


# region -> (issued by the committee, demanded by the bank): before, after
COUNTED = {DISTRICT: ((120, 40), (3, 5)), "110101": ((80, 10), (0, 0)), "110102": ((60, 0), (12, 4))}


class Campaigning:
    def __init__(self, world, artefacts, teller):
        self.world, self.artefacts, self.teller = world, artefacts, teller
        world.on_exchange = teller.exchange

    def tell(self):
        world = self.world
        self.teller.headline("社区万能章专项治理：三个县区，治理前后对比", "A campaign over three counties, before and after")
        with self.teller.quietly():
            found_campaign(world)
        wrong = Campaign.drafted(world, name="拟订有误的方案")
        wrong.take(wrong.planner, "withdrawal", {"why": "地区有误，重新拟订。"})
        one = self.campaign = Campaign.drafted(world)
        expect(world.client().get(f"/public{one.path}").status == 404, "nobody outside reads a draft")
        one.open()
        kinship, death = (item["item_id"] for item in one.seen()["items"])
        self.count_all(kinship, "count_before", 0)
        must(one.unit().get(one.path), 200)
        Exposing(world, self.artefacts, self.teller).make_committees_issue()
        for region in COUNTED:
            one.report("clean_up", region)
            one.accept("clean_up", region)
        one.days_pass(70)
        self.count_all(kinship, "count_after", 1)
        one.take(one.planner, "result", {"result": "三个县区违规出具和索要的证明明显减少。"})
        self.closed = one.take(one.head, "result-decision", {"agreed": True, "reasons": "属实。"})
        expect([c["state"] for c in must(one.unit().get("/v1/campaigns?state=closed"), 200).json["items"]] == ["closed"], "a unit lists what it took part in")
        expect([c["campaign_id"] for c in must(world.client().get("/public/v1/campaigns"), 200).json["items"]] == [self.closed["campaign_id"]], "so does everybody")
        seen = one.public()
        totals = {t["counted_as"]: (t["before"], t["after"]) for t in seen["totals"]}
        expect(totals == {"issued": (260, 15), "demanded": (50, 9)}, f"before and after are added up from the counts: {totals}")
        here = next(p for p in seen["progress"] if p["region_code"] == DISTRICT)
        expect(here["orders_about_committees"] > 0 and here["corrected"] > 0, "the bureau that made committees issue item 11 is among the orders")
        expect(death in [i["item_id"] for i in seen["items"]], "item 11 is in its scope")
        self.teller.note(f"违规出具：{totals['issued'][0]} → {totals['issued'][1]}；违规索要：{totals['demanded'][0]} → {totals['demanded'][1]}",
                         f"issued {totals['issued'][0]} to {totals['issued'][1]}, demanded {totals['demanded'][0]} to {totals['demanded'][1]}")

    def count_all(self, item, kind, at):
        one = self.campaign
        for region, numbers in COUNTED.items():
            issued, demanded = numbers[at]
            one.report(kind, region, [count(item, issued), count(item, demanded, BANK, "demanded")])
            must(one.unit(region).get(one.task(kind, region)), 200)
            one.accept(kind, region)
