"""Step 9 of the story: the record is published by a decision, taken down again, and removed with every receipt."""
import json

from . import people
from .life import Life, give_place
from .telling import expect


class Publishing:
    """Mixed into Story; uses its helpers."""

    def publish(self):
        self.teller.headline("公示须经决定并先行告知；撤下后，取得记录的各方逐一回执", "Published by a decision, and taken down with the receipt of all who got it")
        life, public = Life(self.world, self.record_id), self.world.client()
        give_place(self.world)
        path = life.published()
        page = self.answered(public.get("/public/v1/publicity"), 200)
        expect(len(page.json["items"]) == 1, "the record should be public")
        for secret in (people.RESIDENT["name"], people.RESIDENT["document"]["number"]):
            expect(secret not in page.body.decode(), "what is public should name nobody")
        self.save("publicity.json", page.body)
        self.answered(life.decider.post(f"{path}/removal", {"why": "公示内容有误。", "number": "示例住保撤示字〔2026〕1号"}), 200)
        expect(self.answered(public.get("/public/v1/publicity"), 200).json["items"] == [], "it should be gone at once")
        where = f"/v1/removals/{life.supervisor.all_items(f'/v1/removals?record_id={self.record_id}')[0]['removal_id']}"
        look = lambda: self.answered(life.supervisor.get(where), 200)
        self.teller.until("the pages were looked at", lambda: look().json["due_on"] and look().json["receivers"][-1]["confirmed_at"])
        expect(look().json["state"] == "ordered", "the integrator has not confirmed yet")
        done = {"measure": "end_publicity", "removed_at": self.world.after_all_that(), "reference": "XC-1"}
        self.answered(life.integrator.post(f"{where}/receipts", done, key=True), 201)
        removal = look()
        expect(removal.json["state"] == "finished" and all(r["confirmed_at"] for r in removal.json["receivers"]), "everybody should have confirmed")
        self.save("removal-receipts.json", removal.body)
        for receiver in json.loads(removal.body)["receivers"]:
            self.teller.note(f"{receiver['organisation_name'] or receiver['receiver']}：{receiver['basis']}", f"by {removal.json['rule']}")
