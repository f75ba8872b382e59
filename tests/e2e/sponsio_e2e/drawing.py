"""A draw among many commitments, told with real requests: pool and seed fixed, dice thrown, the result replayed by other
people's programs, an inspector recused twice, and one check made by two. scripts/run prints it, test_drawing.py judges it.
"""
import hashlib
import json
import pathlib
import re

from . import judges, people
from .client import Client
from .filing import agreed_matter
from .identifiers import citizen_number, uscc
from .telling import expect
from .world import AGENCY, DISTRICT, GOVERNMENT, must

INSPECTORATE = uscc("11110105000000055")
THROWER = "tao.supervisor"  # whoever held the draw does not throw the dice
INSPECTORS = ["he.inspector", "lu.inspector", "shi.inspector", "kong.inspector", "yan.inspector", "hua.inspector"]
NAMES = ["何甲", "吕乙", "施丙", "孔丁", "严戊", "华己"]
CHIEF = "jin.chief"

# Three strata, each a matter with a policy of its own: name, share of what is filed, policy.
STRATA = [
    ("key-benefits", 0.2, {"coverage": "sampled", "matter_class": "key", "ratio": {"numerator": 1, "denominator": 10}}),
    ("rental-housing", 0.5, {"coverage": "sampled", "matter_class": "ordinary", "ratio": {"numerator": 3, "denominator": 100}}),
    ("market-premises", 0.3, {"coverage": "risk_weighted", "matter_class": "ordinary", "ratio": {"numerator": 5, "denominator": 100},
                              "weights": {"earlier_breach": 4, "first_time": 2}}),
]
DICE = [3, 5, 1, 6, 2, 4, 4, 1]
AT_ONCE = 500


class Drawing:
    """`upset(where)` is called where a server may well die: it comes back and the story goes on."""

    def __init__(self, world, artefacts, teller, filings=10_000, upset=lambda where: None):
        self.world, self.teller, self.filings, self.upset = world, teller, filings, upset
        self.artefacts = pathlib.Path(artefacts)
        world.on_exchange = teller.exchange

    def tell(self):
        self.found_the_inspectorate()
        self.file_commitments()
        self.fix_pool_and_seed()
        self.throw_dice()
        self.replay(revision=1)
        self.open_an_object()
        self.recuse_twice()
        self.replay(revision=3)
        self.check_by_two()

    def save(self, name, body):
        (self.artefacts / name).write_bytes(body)

    # ---------------------------------------------------------------------------------------------------- beforehand
    def found_the_inspectorate(self):
        """The unit that checks, with its people; matters that say how promises are verified."""
        self.teller.headline("核查单位与事项核查规则", "The verifying unit, and how each matter is verified")
        self.world.add_organisation({"uscc": INSPECTORATE, "name": "示例区承诺核查中心", "kind": "public_institution",
                                     "region_code": DISTRICT, "parent_uscc": GOVERNMENT})
        for login, name in zip(INSPECTORS, NAMES):
            self.world.add_person(login, INSPECTORATE, name, ["verifier"])
        self.world.add_person(CHIEF, INSPECTORATE, "金庚", ["supervisor"])
        self.world.add_person(THROWER, AGENCY, "陶辛", ["supervisor"])
        supervisor, clerk = self.world.client("qian.supervisor"), self.world.client("zhang.clerk")
        self.notices = {}
        for name, _, policy in STRATA:
            version = people.matter_version()
            version["verification"] = {"mode": "on_site", "within_days": 20, "day_kind": "working", "inspectors": 2,
                                       "unit_uscc": INSPECTORATE} | policy
            self.refuse_ratio_out_of_bounds(supervisor, name, version)
            agreed_matter(self.world, "qian.supervisor", THROWER, name, version)
            notice = {"matter_code": name, "matter_version": 1, "channel": "web", "language": "zh-CN"}
            self.notices[name] = must(clerk.post("/v1/notices", notice, key=True), 201).json["notice_id"]

    @staticmethod
    def refuse_ratio_out_of_bounds(supervisor, name, version):
        """Half of an ordinary matter is more than the rule pack allows; a tenth of a percent of a key matter is less."""
        bad = {"numerator": 1, "denominator": 2 if version["verification"]["matter_class"] == "ordinary" else 1000}
        wrong = version | {"verification": version["verification"] | {"ratio": bad}}
        refused = must(supervisor.post("/v1/matters", {"matter_code": name} | wrong, key=True), 422)
        expect(refused.problem == "ratio-out-of-bounds" and "/verification/ratio" in refused.pointers(),
               "a ratio outside the rule pack's bounds should be refused with a pointer to it")

    def file_commitments(self):
        self.teller.headline(f"批量受理 {self.filings:,} 件承诺：抽查事项不逐件核查", f"{self.filings:,} commitments, none of which has a check of its own")
        clerk = Client(self.world.server, self.world.tokens["zhang.clerk"])  # what is the same ten thousand times is not recorded
        today = self.world.clock.today()
        bodies, number = [], 0
        for name, share, _ in STRATA:
            for _ in range(round(self.filings * share)):
                number += 1
                first17 = f"110105{1950 + number % 50}0{1 + number % 9}{10 + number % 18}{number % 1000:03}"
                bodies.append({"notice_id": self.notices[name], "made_on": today, "reason": f"申请办理第{number}件",
                               "committer": {"kind": "natural_person", "name": "买买提·艾力",
                                             "document": {"type": "citizen_id", "number": citizen_number(first17)}}})
        for begin in range(0, len(bodies), AT_ONCE):
            lines = "".join(json.dumps(body, ensure_ascii=False) + "\n" for body in bodies[begin:begin + AT_ONCE])
            answer = must(clerk.post_bytes("/v1/commitments/bulk", lines.encode(), "application/x-ndjson", True), 200)
            *filed, _ = answer.body.splitlines()  # the last line counts the others
            for line in filed:
                expect(json.loads(line)["status"] == 201, f"each line should be filed: {line[:300]}")
        self.some = json.loads(filed[-1])["commitment_code"]
        kept = must(self.world.client("zhang.clerk").get(f"/v1/commitments/{self.some}"), 200).json
        expect(kept["state"] == "effective" and kept["verification"] is None, "what is drawn from has no check yet")

    # ------------------------------------------------------------------------------------------------------ the draw
    def fix_pool_and_seed(self):
        self.teller.headline("抽取一：名录与种子先行固定并入账", "The draw, first: pool and seed are fixed and logged")
        supervisor = self.world.client("qian.supervisor")
        self.draw_id = must(supervisor.post("/v1/draws", self.wish(), key=True), 201).json["draw_id"]
        self.path = f"/public/v1/draws/{self.draw_id}"
        self.upset("preparing")
        self.teller.until("pool and seed are committed to",
                   lambda: (draw := self.public()) and draw["committed_leaf"] and draw["state"] == "committed")
        self.committed = self.public()
        expect(self.committed["pool"]["objects"] == self.filings, "everything that was filed should be in the pool")
        expect(self.committed["seed"] is None and self.committed["public_input"] is None, "nothing else is known yet")
        leaf = self.committed["committed_leaf"]
        expect(hashlib.sha256(leaf["content"].encode()).hexdigest() == json.loads(leaf["entry"])["digest"],
               "the leaf should be the digest of what was committed to")
        expect(json.loads(leaf["content"])["pool_digest"] == self.committed["pool"]["digest_sha256"],
               "the leaf should commit to the pool")
        must(self.world.client().get(self.path + "/pool"), 404)
        self.teller.note(f"名录 {self.filings:,} 件，摘要 {self.committed['pool']['digest_sha256'][:16]}…",
                         f"seed committed to as {self.committed['seed_commitment'][:16]}…, leaf {leaf['shard']}/{leaf['leaf_index']}")

    @staticmethod
    def wish():
        return {"title": people.both("第一季度双随机抽查", "Double random check of the first quarter"),
                "strata": [{"name": name, "matters": [name], "minimum": 3} for name, _, _ in STRATA],
                "inspectors_per_object": 2, "forbid_own_organisation": True,
                "public_input": {"dice": len(DICE)}, "reveal_within_hours": 48}

    def public(self):
        answer = self.world.client().get(self.path)
        return answer.json if answer.status == 200 else None

    def throw_dice(self):
        self.teller.headline("抽取二：现场掷骰，公开随机数后到", "The draw, second: dice are thrown in the room")
        path = f"/v1/draws/{self.draw_id}/public-input"
        thrown = {"dice": DICE, "protocol_sha256": hashlib.sha256("掷骰记录".encode()).hexdigest(), "witness": self.world.accounts[CHIEF]}
        alone = must(self.world.client("qian.supervisor").post(path, thrown), 409)
        expect(alone.problem == "same-person", "who held the draw should not give its dice")
        thrower = self.world.client(THROWER)
        must(thrower.post(path, thrown | {"dice": DICE[:-1]}), 422)
        must(thrower.post(path, thrown | {"witness": self.world.accounts[THROWER]}), 409)
        must(thrower.post(path, {"dice": DICE}), 422)
        must(thrower.post(path, thrown), 200)
        self.upset("input given")
        again = must(thrower.post(path, thrown | {"dice": DICE[::-1]}), 409)
        expect(again.problem == "wrong-step", "dice are thrown once")
        self.teller.until("the result is published", lambda: self.public()["state"] == "revealed")
        draw = self.public()
        expect(hashlib.sha256(bytes.fromhex(draw["seed"])).hexdigest() == self.committed["seed_commitment"],
               "the seed should be the one committed to")
        expect(draw["public_input"] == "dice=" + ",".join(map(str, DICE)), "the public input should be the dice")
        for name in ("pool", "seed_commitment", "committed_leaf", "committed_at", "reveal_by"):
            expect(draw[name] == self.committed[name], f"{name} should be what it was before the dice")

    def replay(self, revision):
        """sponsio-verify and a program of forty lines in another language both come to the same."""
        if revision == 1:
            self.teller.headline("抽取三：任何人都可重演", "The draw, third: anybody can replay it")
        public = self.world.client()
        self.teller.until(f"revision {revision} is published", lambda: self.public()["revision"] == revision)
        self.save("draw.json", must(public.get(self.path + "/statement"), 200).body)
        self.save("draw-pool.txt", must(public.get(self.path + "/pool"), 200).body)
        self.save("draw.tlog-proof", must(public.get(self.path + "/proof"), 200).body)
        self.save("log.vkey", must(public.get(f"/log/{self.committed['committed_leaf']['shard']}/vkey"), 200).body)
        self.save("jwks.json", must(public.get("/.well-known/jwks.json"), 200).body)
        full = must(self.world.client("qian.supervisor").get(f"/v1/draws/{self.draw_id}/full-pool"), 200).body
        self.save("draw-full.txt", full)
        pool = (self.artefacts / "draw-pool.txt").read_bytes()
        expect(hashlib.sha256(pool).hexdigest() == self.committed["pool"]["digest_sha256"], "the pool should not have changed")
        self.hold_nothing_of_people(pool)
        self.statement = json.loads((self.artefacts / "draw.json").read_text())
        files = [self.artefacts / "draw.json", self.artefacts / "draw-pool.txt", self.artefacts / "jwks.json"]
        judges.replay_draw(*files)
        drawn = {name: sum(row["stratum"] == name for row in self.statement["result"]) for name, _, _ in STRATA}
        for name, share, policy in STRATA:
            ratio = policy["ratio"]
            wanted = -(-round(self.filings * share) * ratio["numerator"] // ratio["denominator"])
            expect(drawn[name] == max(3, wanted), f"{name}: {wanted} should be drawn, not {drawn[name]}")
        self.teller.note(f"第 {revision} 版：抽中 {drawn}", f"revision {revision} replayed by another program from {len(pool):,} bytes of pool")

    def hold_nothing_of_people(self, pool):
        """What is published is counts and lots: no place in the log, no weight of anybody, no pseudonym of an inspector."""
        head = re.match(rb"sponsio-draw-pool/v2\n(?:(?:draw|assign|inspectors|full|public|weight|stratum) [^\n]+\n)+", pool)
        expect(head, "the pool should begin with its head")
        lots = pool[head.end():].splitlines()
        expect(all(re.fullmatch(rb"[0-9a-f]{64}", lot) for lot in lots), "and go on with lots, and nothing else")
        refs = set(re.findall(rb"^inspector ([0-9a-f]{16})$", (self.artefacts / "draw-full.txt").read_bytes(), re.M))
        expect(len(refs) == len(INSPECTORS), "the full pool should have the inspectors")
        expect(not any(ref in (self.artefacts / "draw.json").read_bytes() for ref in refs), "whom nothing public names")

    def open_an_object(self):
        """With the receipt the committer learns what the pool holds of them, and verifies it offline."""
        self.teller.headline("开启：凭回执核对自己的签号", "Opening: whoever has a receipt finds their own lots")
        receipt = must(self.world.client("zhang.clerk").get(f"/v1/commitments/{self.some}"), 200).json["receipt"]
        proof = {name: receipt[name] for name in ("shard", "leaf_index", "content")}
        public = self.world.client()
        opening = must(public.post(self.path + "/opening", proof), 200)
        must(public.post(self.path + "/opening", proof | {"content": proof["content"].replace("salt", "Salt")}), 404)
        must(public.post(self.path + "/opening", proof | {"shard": 0}), 422)
        expect(opening.json["object"] == f"{receipt['shard']}/{receipt['leaf_index']}", "it should be the object of the receipt")
        pool = (self.artefacts / "draw-pool.txt").read_bytes().split(b"\n")
        expect(all(lot.encode() in pool for lot in opening.json["lots"]), "whose lots stand in the pool")
        self.save("draw-opening.json", opening.body)
        self.teller.note(f"对象 {opening.json['object']}，权重 {opening.json['weight']}", f"lots {[lot[:12] for lot in opening.json['lots']]}")

    # ---------------------------------------------------------------------------------------------------- afterwards
    def held_by(self, login):
        return self.world.client(login).all_items("/v1/verifications?queue=mine&limit=200")

    def seats_of(self, task_id):
        """Who sits there now: seat -> login."""
        logins = {self.world.accounts[login]: login for login in INSPECTORS}
        seats = must(self.world.client(CHIEF).get(f"/v1/verifications/{task_id}"), 200).json["seats"]
        return {seat["seat"]: logins[seat["account_id"]] for seat in seats if not seat["left_at"]}

    def recuse_twice(self):
        self.teller.headline("回避：同一席位两次递补，仍由同一随机链决定", "Recusal: one seat is filled twice more, by the same chance")
        drawn = must(self.world.client(CHIEF).get("/v1/verifications?queue=unit"), 200).json["items"]
        self.task_id = drawn[0]["task_id"]
        expect(self.task_id in [task["task_id"] for login in INSPECTORS for task in self.held_by(login)],
               "who was drawn should find the check among theirs")
        path = f"/v1/verifications/{self.task_id}"
        sat = [self.seats_of(self.task_id)]
        expect(len(sat[0]) == 2 and len(set(sat[0].values())) == 2, "two people should sit at the check")
        for time in (1, 2):
            leaving = sat[-1][1]
            asked = must(self.world.client(leaving).post(path + "/recusals", {"why": "与承诺人系亲属"}, key=True), 201).json
            decision = {"granted": True, "why": "情况属实，应当回避"}
            decide = f"{path}/recusals/{asked['recusal_id']}/decision"
            expect(self.world.client(leaving).post(decide, decision).status == 403, "nobody decides about their own recusal")
            must(self.world.client(CHIEF).post(decide, decision), 200)
            self.upset(f"recused {time}")
            sat.append(self.seats_of(self.task_id))
            expect(sat[-1][2] == sat[0][2], "who was not recused keeps their seat")
        expect(len({seats[1] for seats in sat}) == 3, "three different people should have had the first seat")
        self.seats = sat[-1]

    def check_by_two(self):
        self.teller.headline("核查：两人到场、两人签署", "The check: two go, two sign")
        lead, second = (self.world.client(self.seats[seat]) for seat in (1, 2))
        path = f"/v1/verifications/{self.task_id}"
        must(lead.post(path + "/start"), 200)
        record = "现场核查笔录：两名核查人员到场，承诺内容属实。\n".encode()
        must(lead.post_bytes(f"{path}/evidence?kind=inspection_record&name=record.txt", record, "text/plain; charset=utf-8", True), 201)
        today = self.world.clock.today()
        must(lead.post(path + "/conclusion", {"result": "consistent", "checked_on": today, "summary": "经现场核查，承诺属实。"}), 200)
        early = must(lead.post(path + "/closure"), 409)
        expect(early.problem == "sign-off-missing", "one signature is not enough")
        must(second.post(path + "/sign-off", {}), 200)
        closed = must(lead.post(path + "/closure"), 200).json
        expect(closed["state"] == "closed", "the check should be closed")
        kept = must(self.world.client("zhang.clerk").get(f"/v1/commitments/{closed['commitment_code']}"), 200).json
        expect(kept["state"] == "fulfilled", "the promise was kept")
        own = must(self.world.client("qian.supervisor").get(f"/v1/draws/{self.draw_id}"), 200).json
        expect(sum(outcome["consistent"] for outcome in own["outcomes"]) == 1, "the result should be counted")
        expect(self.public()["outcomes"] == [], "but not in public, while it would be that of one")
        said = json.dumps(self.public())
        expect(not any(account in said for account in self.world.accounts.values()), "and nobody should be named")
