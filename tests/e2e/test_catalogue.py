"""Lists of proofs of regions beside the country's: which one decides where and when, versions that stay readable, and what is refused."""
import hashlib
import json
import pathlib
import tempfile
import unittest

from sponsio_e2e.contract import begin
from sponsio_e2e.exposures import BANK, found_authorities, reported
from sponsio_e2e.listing import HOUSING, KINSHIP, LIST, NATIONAL, RESIDENCE, Listing, found, item, regional
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import DISTRICT, World, must

WORLD = World()
COUNTRY = NATIONAL["catalogue_id"]
CITY = {"catalogue_id": "city-list", "jurisdiction": "110000", "title": {"zh": "示例市清单", "en": "The city's list"}}


def setUpModule():
    begin(WORLD)
    found_authorities(WORLD)
    with tempfile.TemporaryDirectory() as folder:
        Listing(WORLD, pathlib.Path(folder), Silence()).tell()
    give(regional("1", [KINSHIP | {"item_id": "city-1", "disposition": "commit"}, item(2, "经济状况证明", "Proof of means", "not_issue", item_id="city-2")], **CITY))


def give(document, status=200):
    return must(WORLD.client("root.admin").post("/v1/knowledge", document), status)


def refused(document):
    answer = WORLD.client("root.admin").post("/v1/knowledge", document)
    return answer.status, answer.body.decode()


class WhichListDecides(unittest.TestCase):
    def test_the_nearest_that_names_the_proof(self):
        for region, decides in ((DISTRICT, ("district-1", "share")), ("110101", ("city-1", "commit")), ("110000", ("city-1", "commit")), ("370102", ("cn-2020-01", "not_issue"))):
            with self.subTest(region):
                hits = found(WORLD, "亲属关系证明", region)
                self.assertEqual(hits[0][:2], decides)
                self.assertEqual([h for h in hits if h[0] in ("district-1", "city-1", "cn-2020-01")], [hits[0]], "what a nearer list names is left out")
        # What no nearer list names is decided above.
        self.assertEqual(found(WORLD, "经济状况证明", DISTRICT)[0][:3], ("city-2", "not_issue", "city-list"))
        self.assertEqual(found(WORLD, "健在证明", DISTRICT)[0][2], COUNTRY)
        self.assertNotIn(LIST, {h[2] for h in found(WORLD, "居住情况证明", "110101")})

    def test_on_the_days_of_item_and_list(self):
        self.assertEqual(found(WORLD, "居住情况证明", DISTRICT, "2026-06-30")[0][:2], ("district-2", "issue"))
        self.assertNotIn("district-2", [h[0] for h in found(WORLD, "居住情况证明", DISTRICT, "2026-07-01")])
        self.assertEqual(found(WORLD, "亲属关系证明", DISTRICT, "2025-12-31")[0][2], COUNTRY)
        ended = {"catalogue_id": "ended-list", "jurisdiction": "110102", "valid_to": "2026-03-31"}
        give(regional("1", [KINSHIP | {"item_id": "ended-1"}], **ended))
        self.assertEqual(found(WORLD, "亲属关系证明", "110102", "2026-03-31")[0][2], "ended-list")
        self.assertEqual(found(WORLD, "亲属关系证明", "110102", "2026-04-01")[0][2], "city-list")
        there = must(WORLD.client().get("/public/v1/catalogues?region=110102&on=2026-04-01"), 200).json["items"]
        self.assertEqual([one["catalogue_id"] for one in there], ["city-list", COUNTRY])

    def test_an_answer_says_which_list_where_and_when(self):
        answer = must(WORLD.client().get(f"/v1/proof-items?q=%E4%BA%B2%E5%B1%9E%E5%85%B3%E7%B3%BB%E8%AF%81%E6%98%8E&region={DISTRICT}"), 200).json
        one = answer["items"][0]["list"]
        self.assertEqual((one["catalogue_id"], one["version"], one["jurisdiction"], one["source"]["key"], one["valid_from"], one["valid_to"]),
                         (LIST, "2", DISTRICT, "示例民发〔2026〕1号", "2026-01-01", None))
        self.assertEqual(answer["catalogue"], one)
        self.assertFalse(answer["items"][0]["may_be_demanded"])
        country = must(WORLD.client().get("/v1/proof-items?q=x"), 200).json["catalogue"]
        self.assertEqual(country["catalogue_id"], COUNTRY)

    def test_reports_and_slips_go_by_the_same_list(self):
        receipt = reported(WORLD, proof_name="亲属关系证明", unit_uscc=BANK)
        self.assertEqual(receipt["item_id"], "district-1")
        clerk = WORLD.client("zou.committee")
        wish = {"proof_name": "居住情况证明", "unit_name": "示例银行", "purpose": "开户"}
        self.assertEqual(clerk.post("/v1/refusal-slips", wish, key=True).problem, "conflict")
        wish["proof_name"] = "无房情况证明"
        self.assertEqual(must(clerk.post("/v1/refusal-slips", wish, key=True), 201).json["item_id"], "district-3")

    def test_questions_that_are_refused(self):
        for target, pointers in [("/v1/proof-items?region=11010", {"query:region": "bad_format"}), ("/v1/proof-items?region=999999", {"query:region": "unknown_region"}),
                                 ("/public/v1/catalogues?region=999999", {"query:region": "unknown_region"}), ("/public/v1/catalogues?on=2026-02-30", {"query:on": "bad_format"}),
                                 (f"/public/v1/catalogues/{LIST}/comparison?from=1", {"query:to": "required"})]:
            with self.subTest(target):
                self.assertEqual(WORLD.client().get(target).pointers(), pointers)
        for target in (f"/public/v1/catalogues/{LIST}/versions/9", "/public/v1/catalogues/none/versions/1", f"/public/v1/catalogues/{LIST}/comparison?from=1&to=9",
                       "/public/v1/catalogues/cn-national/versions/2026.6"):
            self.assertEqual(WORLD.client().get(target).status, 404)


class Versions(unittest.TestCase):
    def test_each_stays_readable_byte_by_byte(self):
        listed = {one["catalogue_id"]: one for one in must(WORLD.client().get("/public/v1/catalogues"), 200).json["items"]}
        versions = listed[LIST]["versions"]
        self.assertEqual([(v["version"], v["counts"]) for v in versions], [("1", False), ("2", True)])
        self.assertEqual((listed[LIST]["region_name"], listed[LIST]["item_count"], listed[COUNTRY]["versions"][0]["given_at"]), ("北京市朝阳区", 4, None))
        for catalogue_id, version in [(LIST, versions[0]), (LIST, versions[1]), (COUNTRY, listed[COUNTRY]["versions"][0])]:
            document = must(WORLD.client().get(f"/public/v1/catalogues/{catalogue_id}/versions/{version['version']}"), 200).body
            self.assertEqual(hashlib.sha256(document).hexdigest(), version["digest_sha256"])
            self.assertEqual(json.loads(document)["catalogue_id"], catalogue_id)

    def test_what_a_version_changed_before_and_after(self):
        told = must(WORLD.client().get(f"/public/v1/catalogues/{LIST}/comparison?from=1&to=2"), 200).json
        self.assertEqual((told["from"]["version"], told["to"]["version"], told["members"]), ("1", "2", []))
        changed, added = told["changes"]
        self.assertEqual((changed["before"]["valid_to"], changed["after"]["valid_to"]), (None, "2026-06-30"))
        self.assertEqual((added["before"], added["after"]["disposition"]), (None, "not_issue"))
        back = must(WORLD.client().get(f"/public/v1/catalogues/{LIST}/comparison?from=2&to=1"), 200).json["changes"]
        self.assertEqual([one["change"] for one in back], ["changed", "removed"])
        same = must(WORLD.client().get(f"/public/v1/catalogues/{LIST}/comparison?from=2&to=2"), 200).json
        self.assertEqual(same["changes"], [])

    def test_a_version_that_takes_something_away_is_refused(self):
        before = WORLD.stored()
        items = [KINSHIP, RESIDENCE, HOUSING, item(4, "养犬情况证明", "Proof of keeping a dog", "not_issue")]
        for why, document in [("lacks the item district-1", regional("3", items[1:])), ("stays so", regional("3", items, valid_from="2026-05-01")),
                              ("name of its own", regional("3", items, jurisdiction="110101")), ("no region 119999", regional("1", items[:1], catalogue_id="x", jurisdiction="119999")),
                              ("not higher", regional("0", items)), ("reversed_days", regional("3", items, valid_to="2025-01-01")),
                              ("unknown_value", regional("3", [KINSHIP | {"disposition": "perhaps"}, *items[1:]])),
                              ("not_allowed_here", regional("3", [KINSHIP | {"may_be_demanded": True}, *items[1:]]))]:
            with self.subTest(why):
                status, said = refused(document)
                self.assertIn(status, (409, 422))
                self.assertNotIn("internal", said)
        self.assertEqual(WORLD.stored(), before)


if __name__ == "__main__":
    unittest.main()
