"""Step 7 of the story: the report to the sharing platform, rejected, corrected, its answer lost, and there once."""
from .telling import expect
from .world import REGISTERED_NAME


class Reporting:
    """Mixed into Story; uses its helpers."""

    def answered_batches(self, supervisor, count):
        """The first `count` batches once the platform has answered them all."""

        def look():
            batches = [b for b in supervisor.all_items("/v1/submissions") if b["state"] == "answered"]
            return batches if len(batches) >= count else None

        return self.teller.until(f"{count} batch(es) are answered", look, within=120)

    def save_batch(self, supervisor, batch_no, folder):
        path = f"/v1/submissions/{batch_no}"
        for part, name in (("manifest", "manifest.json"), ("records.jsonl", "records.jsonl"), ("signature", "manifest.sm2")):
            self.save(f"{folder}/{name}", self.answered(supervisor.get(f"{path}/{part}"), 200).body)
        key = self.answered(self.world.client().get("/.well-known/sm2-public.pem"), 200)
        self.save(f"{folder}/sm2-public.pem", key.body)
        return self.answered(supervisor.get(f"{path}/answer"), 200)

    def copies(self):
        """What the platform holds of our commitment."""
        code = self.commitment["commitment_code"]
        return self.world.at_platform().all_items(f"/exchange/v1/records?commitment_code={code}")

    def report(self):
        self.teller.headline("报送：逐条校验，驳回可更正；回执丢失也只有一份", "The report: checked field by field, corrected, and there exactly once")
        supervisor = self.world.client("qian.supervisor")
        first = self.answered_batches(supervisor, 1)[0]["batch_no"]
        batch = self.answered(supervisor.get(f"/v1/submissions/{first}"), 200).json
        rejected = [r for r in batch["records"] if r["state"] == "rejected"]
        expect(rejected and rejected[0]["errors"], "the platform should reject the record with the agency's old name")
        expect(self.copies() == [], "a rejected record should leave no copy")
        for error in rejected[0]["errors"]:
            self.teller.note(f"驳回：{error['field']} {error['message']}", f"({error['code']})")
        self.save("rejected/platform-answer.json", self.save_batch(supervisor, first, "rejected").body)
        self.resend(supervisor, first, rejected[0])

    def resend(self, supervisor, batch_no, record):
        """Corrects the unit's name everywhere the platform complained of it, while the road loses every answer."""
        fields = {error["field"]: REGISTERED_NAME for error in record["errors"]}
        self.world.road.mode = "lose_answers"
        self.answered(supervisor.post(f"/v1/submissions/{batch_no}/records/{record['record_no']}/correction",
                                      {"fields": fields, "why": "单位名称以平台登记为准"}), 201)
        self.teller.until("the platform has the batch and its answer is lost", lambda: self.world.road.lost and self.copies())
        self.teller.note("平台已收下，回执在路上丢失", "the platform has it, its answer is lost on the way")
        self.world.road.mode = "open"
        second = self.answered_batches(supervisor, 2)[1]["batch_no"]
        batch = self.answered(supervisor.get(f"/v1/submissions/{second}"), 200).json
        expect([r["state"] for r in batch["records"]] == ["accepted"], "the corrected record should be accepted")
        answer = self.save_batch(supervisor, second, "submission")
        self.save("platform-answer.json", answer.body)
        at_platform = self.answered(self.world.at_platform().get(f"/exchange/v1/batches/{second}"), 200)
        expect(at_platform.json == answer.json, "both sides should show the same answer")
        expect(len(self.copies()) == 1, f"the platform should hold exactly one copy, it holds {len(self.copies())}")
        self.teller.note("平台上只有一份", f"one copy there; the answer was lost {self.world.road.lost} time(s)")
