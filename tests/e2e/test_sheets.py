"""Tables of office programs instead of NDJSON: what is mended, what is refused and where, and each row once."""
import csv
import datetime
import io
import json
import unittest

import openpyxl

from sponsio_e2e import sheets
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.people import MATTER_CODE
from sponsio_e2e.sheets import CSV, NAMES, XLSX, answers_of, number_of, row_of, workbook
from sponsio_e2e.world import World, must

WORLD = World()


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def good(n, **changes):
    """A good row with some cells changed, by the names of their columns."""
    row = row_of(WORLD.notice_id, n)
    for name, value in changes.items():
        row[NAMES.index(name)] = value
    return row


def send(body, content_type=XLSX, key=True, language="zh-CN"):
    return sheets.send(WORLD.client("zhang.clerk", language), body, content_type, key)


def filed(body, content_type=XLSX, key=True):
    return answers_of(must(send(body, content_type, key), 200).body)


def text_of(rows, encoding="utf-8", names=NAMES):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([names, *rows])
    return file.getvalue().encode(encoding)


def refusals(answer):
    """cell -> reason"""
    return {error["cell"]: error["reason"] for error in answer["problem"]["errors"]}


def mends(answer):
    return {(mended["cell"], mended["mend"]) for mended in answer.get("mended", [])}


class Workbooks(unittest.TestCase):
    def test_every_row_is_answered_under_its_number(self):
        rows = [good(1), good(2), [], good(3), [None, "  "], good(4)]
        answers = filed(workbook(rows))
        self.assertEqual([(a["line"], a["status"]) for a in answers], [(2, 201), (3, 201), (5, 201), (7, 201)])
        self.assertFalse(any("mended" in a for a in answers))
        kept = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{answers[0]['commitment_code']}"), 200).json
        self.assertEqual((kept["committer"]["document"]["number"], kept["reason"], kept["made_on"]), (number_of(1), "第1件", "2026-03-02"))

    def test_what_can_mean_one_thing_only_is_mended_and_said(self):
        day = datetime.date(2026, 3, 2)
        serial = (day - datetime.date(1899, 12, 30)).days
        wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
        cases = [
            ({"承诺日期": "2026/3/2"}, {("F2", "date_form")}),
            ({"承诺日期": "2026年3月2日"}, {("F2", "date_form")}),
            ({"承诺日期": "20260302"}, {("F2", "date_form")}),
            ({"承诺日期": 20260302}, {("F2", "date_form")}),
            ({"承诺日期": day}, {("F2", "date_number")}),
            ({"承诺日期": serial}, {("F2", "date_number")}),
            ({"承诺日期": "２０２６-０３-０２"}, {("F2", "full_width")}),
            ({"证件号码": number_of(11).translate(wide)}, {("E2", "full_width")}),
            ({"证件号码": f"'{number_of(11)}"}, {("E2", "wrapping")}),
            ({"证件号码": f"\u00a0{number_of(11)} \u3000"}, {("E2", "blanks")}),
            ({"承诺人姓名或名称": "示例甲 \n"}, {("C2", "blanks")}),
        ]
        for changes, want in cases:
            with self.subTest(changes):
                answer, = filed(workbook([good(11, **changes)]))
                self.assertEqual((answer["status"], mends(answer)), (201, want))
                kept = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{answer['commitment_code']}"), 200).json
                self.assertEqual((kept["made_on"], kept["committer"]["document"]["number"], kept["committer"]["name"]),
                                 ("2026-03-02", number_of(11), "示例乙" if "承诺人姓名或名称" not in changes else "示例甲"))

    def test_dates_since_1904(self):
        answer, = filed(workbook([good(12, 承诺日期=datetime.date(2026, 3, 2))], since_1904=True))
        self.assertEqual((answer["status"], mends(answer)), (201, {("F2", "date_number")}))
        kept = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{answer['commitment_code']}"), 200).json
        self.assertEqual(kept["made_on"], "2026-03-02")

    def test_what_cannot_be_mended_is_named_with_its_cell_and_what_to_do(self):
        number = number_of(13)
        cases = [
            ({"证件号码": float(int(number[:17] + "0"))}, {"E2": "lost_digits"}, "文本格式"),
            ({"证件号码": "1.10105E+17"}, {"E2": "lost_digits"}, "文本格式"),
            ({"证件号码": None}, {"E2": "required"}, ""),
            ({"证件号码": number[:-1] + ("1" if number[-1] != "1" else "2")}, {"E2": "check_digit"}, ""),
            ({"承诺日期": "3/2/26"}, {"F2": "not_a_date"}, "2026-11-30"),
            ({"承诺日期": "2026-02-30"}, {"F2": "impossible_date"}, ""),
            ({"承诺人类别": "居民"}, {"B2": "unknown_value"}, "个体工商户"),
            ({"证件类型": "工作证"}, {"D2": "unknown_value"}, "居民身份证"),
            ({"承诺日期": "明天", "证件号码": 1.10105e17, "承诺事由": "x" * 600},
             {"E2": "lost_digits", "F2": "not_a_date", "G2": "too_long"}, ""),
        ]
        before = WORLD.stored()
        for changes, want, fix in cases:
            with self.subTest(changes):
                answer, = filed(workbook([good(13, **changes)]))
                self.assertEqual((answer["line"], answer["status"], refusals(answer)), (2, 422, want))
                self.assertIn(fix, "".join(error["detail"] for error in answer["problem"]["errors"]))
        self.assertEqual(WORLD.stored(), before)

    def test_errors_of_formulas_and_merged_cells(self):
        def change(sheet):
            sheet["G2"] = "#N/A"
            sheet["G2"].data_type = "e"
            sheet.merge_cells("A3:A4")
        answers = filed(workbook([good(14), good(15), good(16)], change=change))
        self.assertEqual([a["status"] for a in answers], [422, 201, 422])
        self.assertEqual(refusals(answers[0]), {"G2": "failed_formula"})
        self.assertEqual(refusals(answers[2]), {"A4": "merged_cell"})
        self.assertIn("A3", answers[2]["problem"]["errors"][0]["detail"])

    def test_a_title_above_the_names_and_columns_of_ones_own(self):
        def change(sheet):
            sheet.insert_rows(1, 2)
            sheet["A1"] = "二〇二六年三月承诺登记表"
            sheet.merge_cells("A1:H1")
        names = ["序号", *NAMES[:-1], "#联系电话"]
        rows = [[n, *good(n)[:-1], "不导入"] for n in (17, 18)]
        answers = filed(workbook(rows, names, change=change))
        self.assertEqual([(a["line"], a["status"]) for a in answers], [(4, 201), (5, 201)])

    def test_names_in_english(self):
        names = ["notice_id", "committer_kind", "committer_name", "document_type", "document_number", "made_on", "reason", "remarks"]
        answer, = filed(workbook([good(19, 承诺人类别="natural_person", 证件类型="citizen_id", 备注="x")], names))
        self.assertEqual(answer["status"], 201)

    def test_how_the_committer_was_known_and_what_they_signed(self):
        names, digest = [*NAMES, "身份核验方式", "签署件摘要"], "ab" * 32
        first, second, third = filed(workbook([[*good(25), "读取芯片", digest], [*good(26), None, None], [*good(27), "听说", digest]], names))
        content = json.loads(first["receipt"]["content"])
        self.assertEqual((content["identity_check"], content["assent"]), ("chip_read", {"kind": "signed_paper", "digest_sha256": digest}))
        content = json.loads(second["receipt"]["content"])
        self.assertFalse({"identity_check", "assent"} & set(content))
        self.assertEqual(refusals(third), {"I4": "unknown_value"})

    def test_the_same_rows_are_filed_once_wherever_they_stand(self):
        rows = [good(20), good(21), good(22, 证件号码="1.10105E+17")]
        first = filed(workbook(rows), key="table")
        self.assertEqual([a["status"] for a in first], [201, 201, 422])
        again = filed(workbook([good(23), *rows[:2], good(22), good(20)]), key="table")
        self.assertEqual([(a["line"], a["replayed"]) for a in again], [(2, False), (3, True), (4, True), (5, False), (6, True)])
        self.assertEqual([again[i]["commitment_code"] for i in (1, 2, 4)], [first[i]["commitment_code"] for i in (0, 1, 0)])

    def test_names_that_are_wrong_are_told(self):
        cases = [
            ([["a", "b"]] * 12, ["x", "y"], "前 10 行"),
            ([good(24)], [*NAMES[:-1], "备往"], "H1"),
            ([good(24)], [*NAMES[:-1], "事由"], "H1"),
            ([good(24)], [*NAMES[:4], "#", *NAMES[5:]], "证件号码"),
        ]
        for rows, names, told in cases:
            with self.subTest(told):
                answer, = filed(workbook(rows, names))
                self.assertEqual((answer["line"], answer["status"]), (1, 422))
                self.assertIn(told, answer["problem"]["detail"])

    def test_what_is_no_workbook_is_refused(self):
        for body, status in ((b"", 400), (b"PK nothing", 400), (text_of([good(25)]), 400)):
            answer, = filed(body)
            self.assertEqual((answer["line"], answer["status"]), (1, status))
            self.assertIn(".xlsx", answer["problem"]["detail"])
        answer, = filed(b"x" * ((16 << 20) + 1))
        self.assertEqual((answer["status"], answer["problem"]["type"]), (413, "urn:sponsio:problem:too-large"))

    def test_roles_and_keys(self):
        body = workbook([good(26)])
        self.assertEqual(sheets.send(WORLD.client("li.verifier"), body).problem, "forbidden")
        self.assertEqual(WORLD.client("zhang.clerk").request("POST", sheets.BULK, body, {"Content-Type": XLSX}).problem, "idempotency-key-missing")


class CommaSeparated(unittest.TestCase):
    def test_utf8_with_and_without_mark_and_gb18030(self):
        for n, (encoding, content_type) in enumerate([("utf-8", CSV), ("utf-8-sig", CSV), ("gb18030", CSV), ("gbk", f"{CSV}; charset=GBK")], 31):
            with self.subTest(encoding):
                answer, = filed(text_of([good(n, 备注="一行\n又一行，“引号”")], encoding), content_type)
                self.assertEqual((answer["line"], answer["status"]), (2, 201))
                content = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{answer['commitment_code']}"), 200).json
                self.assertEqual(content["remarks"], "一行\n又一行，“引号”")

    def test_other_character_sets_are_named(self):
        self.assertEqual(send(text_of([good(35)]), f"{CSV}; charset=big5").problem, "media-type")
        answer, = filed(text_of([good(35)], "utf-16"), CSV)
        self.assertIn("CSV UTF-8", answer["problem"]["detail"])
        answers = filed(text_of([good(35)], "utf-8-sig") + ",".join(good(36)[:2] + ["\x00"]).encode().replace(b"\x00", b"\xd0\xd5") + b"\n", CSV)
        self.assertEqual(refusals(answers[1])["C3"], "unreadable")

    def test_numbers_that_a_spreadsheet_cut(self):
        rows = [good(37, 证件号码="1.10105E+17"), good(37, 证件号码=number_of(37)[:15] + "000"), good(37, 证件号码=f'="{number_of(37)}"')]
        answers = filed(text_of(rows), CSV)
        self.assertEqual([a["status"] for a in answers], [422, 422, 201])
        self.assertEqual([refusals(a) for a in answers[:2]], [{"E2": "lost_digits"}, {"E3": "lost_digits"}])
        self.assertEqual(mends(answers[2]), {("E4", "wrapping")})

    def test_a_quote_that_is_never_closed(self):
        answers = filed(text_of([good(38)]) + b'"' + b"x,\n" * 100_000, CSV)
        self.assertEqual([(a["line"], a["status"]) for a in answers], [(2, 201), (3, 413)])
        self.assertIn("引号", answers[1]["problem"]["detail"])

    def test_english_refusals(self):
        answer, = answers_of(must(send(text_of([good(39, 承诺日期="3/2/26")]), CSV, language="en"), 200).body)
        self.assertIn("write it as 2026-11-30", answer["problem"]["errors"][0]["detail"])


class Templates(unittest.TestCase):
    def test_a_template_that_is_filled_in_is_taken(self):
        clerk = WORLD.client("zhang.clerk")
        file = must(clerk.get(f"/v1/matters/{MATTER_CODE}/sheet.xlsx"), 200)
        self.assertEqual(file.headers["content-type"], XLSX)
        self.assertIn(MATTER_CODE, file.headers["content-disposition"])
        book = openpyxl.load_workbook(io.BytesIO(file.body))
        sheet = book.worksheets[0]
        places = {cell.value.rstrip("*"): cell.column for cell in sheet[1]}
        self.assertEqual(sheet.column_dimensions["E"].width, 24)
        self.assertIn(MATTER_CODE, str([[c.value for c in row] for row in book.worksheets[1].rows]))
        for name, value in zip(NAMES, good(41)):
            sheet.cell(2, places[name]).value = value
        saved = io.BytesIO()
        book.save(saved)
        answer, = filed(saved.getvalue())
        self.assertEqual((answer["line"], answer["status"]), (2, 201))

        text = must(clerk.get(f"/v1/matters/{MATTER_CODE}/sheet.csv"), 200).body.decode("utf-8-sig")
        names = [name.rstrip("*") for name in text.strip().split(",")]
        row = dict(zip(NAMES, good(42)))
        answer, = filed(text.encode("utf-8-sig") + ",".join(row.get(name) or "" for name in names).encode() + b"\r\n", CSV)
        self.assertEqual((answer["line"], answer["status"]), (2, 201))

    def test_of_another_unit_or_of_nothing_there_is_none(self):
        for login, code in (("wu.other", MATTER_CODE), ("zhang.clerk", "NOTHING")):
            self.assertEqual(WORLD.client(login).get(f"/v1/matters/{code}/sheet.csv").problem, "not-found")
        self.assertEqual(WORLD.client().get(f"/v1/matters/{MATTER_CODE}/sheet.xlsx").problem, "unauthenticated")


if __name__ == "__main__":
    unittest.main()
