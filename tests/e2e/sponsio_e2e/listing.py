"""Lists of proofs of a region beside the country's: given, found, compared. All is made up."""
import json
import urllib.parse

from .telling import expect
from .world import DISTRICT, ROOT, must

NATIONAL = json.loads((ROOT / "schema/catalogue/cn-2020-first-batch.json").read_text(encoding="utf-8"))
LIST = "district-list"


def item(number, zh, en, disposition, **changes):
    return {"item_id": f"district-{number}", "number": number, "name": {"zh": zh, "en": en}, "aliases": {"zh": [f"{zh}（区）"], "en": [f"district {en}"]},
            "disposition": disposition, "may_be_demanded": disposition == "issue", "answer": {"zh": "按区清单办理。", "en": "As the district's list says."},
            "ways": [{"kind": "data_sharing", "departments": ["public_security"], "documents": [], "issuer": None, "procedure": None,
                      "text": {"zh": "向公安机关核对。", "en": "The police share it."}}],
            "exceptions": [], "valid_from": "2026-01-01", "valid_to": None} | changes


KINSHIP = item(1, "亲属关系证明", "Proof of family relationship", "share")
RESIDENCE = item(2, "居住情况证明", "Proof of dwelling here", "issue")
HOUSING = item(3, "无房情况证明", "Proof of owning no home", "commit")


def regional(version="1", items=(KINSHIP, RESIDENCE, HOUSING), **changes):
    """A list of the district, with the code tables of the country's."""
    tables = {name: NATIONAL[name] for name in ("departments", "documents", "procedures", "exceptions")}
    return {"catalogue_id": LIST, "version": version, "jurisdiction": DISTRICT, "valid_from": "2026-01-01", "valid_to": None,
            "title": {"zh": "示例区社区证明事项清单", "en": "The district's list of proofs"},
            "source": {"key": "示例民发〔2026〕1号", "text": {"zh": "示例区民政局文件（虚构）", "en": "A paper of the district (invented)"}, "address": None},
            "coverage": {"zh": "虚构清单，共三项。", "en": "Invented, three items."}, "items": list(items)} | tables | changes


def found(world, question, region=None, on=None):
    """[(item_id, disposition, catalogue_id, version)], best first."""
    place = (f"&region={region}" if region else "") + (f"&on={on}" if on else "")
    answer = must(world.client().get(f"/v1/proof-items?q={urllib.parse.quote(question)}{place}"), 200).json
    return [(one["item_id"], one["disposition"], one["list"]["catalogue_id"], one["list"]["version"]) for one in answer["items"]]


class Listing:
    def __init__(self, world, artefacts, teller):
        self.world, self.artefacts, self.teller = world, artefacts, teller
        world.on_exchange = teller.exchange

    def tell(self):
        self.teller.headline("地区清单：优先于全国清单，版本可查可比", "A district's list: it comes before the country's, and every version can be read and compared")
        administrator, public = self.world.client("root.admin"), self.world.client()
        must(administrator.post("/v1/knowledge", regional()), 200)
        second = regional("2", [KINSHIP, RESIDENCE | {"valid_to": "2026-06-30"}, HOUSING, item(4, "养犬情况证明", "Proof of keeping a dog", "not_issue")])
        must(administrator.post("/v1/knowledge", second), 200)
        here = found(self.world, "亲属关系证明", DISTRICT)
        expect(here[0] == ("district-1", "share", LIST, "2"), f"the district's list decides there: {here}")
        expect(found(self.world, "亲属关系证明", "110101")[0][2] == NATIONAL["catalogue_id"], "elsewhere the country's does")
        listed = must(public.get(f"/public/v1/catalogues?region={DISTRICT}"), 200).json["items"]
        expect([one["catalogue_id"] for one in listed] == [LIST, NATIONAL["catalogue_id"]], "the nearest list stands first")
        must(public.get(f"/public/v1/catalogues/{LIST}/versions/1"), 200)
        changed = must(public.get(f"/public/v1/catalogues/{LIST}/comparison?from=1&to=2"), 200).json["changes"]
        expect([(one["item_id"], one["change"], one["members"]) for one in changed] == [("district-2", "changed", ["valid_to"]), ("district-4", "added", [])],
               "it is said what the second version changed")
