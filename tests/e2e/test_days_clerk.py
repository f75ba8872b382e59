"""A day of a clerk, on the contract alone: 10,000 promises come in a spreadsheet, 60 of them wrong; what is wrong is mended in the
sheet, where the answers say, and the sheet is sent again. Each is filed once."""
import collections
import io
import tempfile
import unittest

import openpyxl

from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.pages import Page
from sponsio_e2e.people import MATTER_CODE
from sponsio_e2e.sheets import NAMES, answers_of, number_of, row_of, send, workbook
from sponsio_e2e.world import ROOT, World, must

WORLD = World()
MANY, BAD = 10_000, 60


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def spoilt(n):
    """What is wrong in the n-th bad row: column -> (what stands there, what should)."""
    row = row_of(WORLD.notice_id, n)
    number = NAMES.index("证件号码")
    kinds = [
        {"证件号码": (float(int(row[number][:17] + "0")), row[number])},
        {"证件号码": ("1.10105E+17", row[number])},
        {"承诺日期": ("3/2/26", "2026-03-02")},
        {"承诺日期": ("2026-02-30", "2026-03-02")},
        {"承诺人类别": ("居民", "自然人")},
        {"承诺事由": (None, f"第{n}件"), "证件类型": ("工作证", "居民身份证")},
    ]
    return kinds[n % len(kinds)]


def all_answers(clerk, table):
    """The answers to all rows. A row that a busy server could not take (503) is sent again, with the whole table and its key."""
    for _ in range(10):
        answers = answers_of(must(send(clerk, table, key="march", timeout=600), 200).body)
        if all(answer["status"] != 503 for answer in answers):
            return answers
    raise AssertionError(f"still too busy: {[a for a in answers if a['status'] == 503][0]}")


class AClerksDay(unittest.TestCase):
    def test_ten_thousand_from_a_spreadsheet(self):
        clerk = WORLD.client("zhang.clerk")
        bad = [MANY // BAD * k + k % 7 for k in range(BAD)]  # anywhere in the sheet
        rows = [row_of(WORLD.notice_id, n) for n in range(MANY)]
        for n in bad:
            for column, (wrong, _) in spoilt(n).items():
                rows[n][NAMES.index(column)] = wrong
        table = workbook(rows)

        first = all_answers(clerk, table)
        self.assertEqual([a["line"] for a in first], list(range(2, MANY + 2)))
        refused = {a["line"]: a for a in first if a["status"] != 201}
        self.assertEqual(sorted(refused), [n + 2 for n in bad])
        self.assertEqual(len({a["commitment_code"] for a in first if a["status"] == 201}), MANY - BAD)

        # The clerk goes to the cells that the answers name, and to no other.
        book = openpyxl.load_workbook(io.BytesIO(table))
        sheet = book.active
        for n in bad:
            named = {error["cell"] for error in refused[n + 2]["problem"]["errors"]}
            wanted = {sheet.cell(n + 2, NAMES.index(column) + 1).coordinate: right for column, (_, right) in spoilt(n).items()}
            self.assertEqual(named, set(wanted))
            for cell, right in wanted.items():
                sheet[cell] = right
        sheet.insert_rows(2)  # and finds one more, so that every row moves
        for column, value in enumerate(row_of(WORLD.notice_id, MANY), 1):
            sheet.cell(2, column).value = value
        mended = io.BytesIO()
        book.save(mended)

        second = all_answers(clerk, mended.getvalue())
        self.assertEqual({a["status"] for a in second}, {201})
        self.assertEqual([a["line"] for a in second], list(range(2, MANY + 3)))
        before = {a["line"] + 1: a["commitment_code"] for a in first if a["status"] == 201}
        self.assertTrue(all(a["replayed"] and a["commitment_code"] == before[a["line"]] for a in second if a["line"] in before))
        new = {a["line"]: a["commitment_code"] for a in second if a["line"] not in before}
        self.assertEqual(sorted(new), [2, *[n + 3 for n in bad]])
        self.assertFalse(set(new.values()) & set(before.values()))
        filed = collections.Counter(c["commitment_code"] for c in clerk.all_items("/v1/commitments?limit=200"))
        self.assertEqual((len(filed), set(filed.values())), (MANY + 1, {1}))

    def test_the_page_for_clerks(self):
        page = Page(ROOT, "docs/clerks.md", __file__)
        with tempfile.TemporaryDirectory() as folder:
            around = {"SPONSIO": WORLD.server.url, "CA": WORLD.server.certificate, "TOKEN": WORLD.tokens["zhang.clerk"], "MATTER": MATTER_CODE}
            page.run(0, folder, **around)
            book = openpyxl.load_workbook(f"{folder}/template.xlsx")
            names = {cell.value.rstrip("*"): cell.column for cell in book.active[1]}
            for n, number in ((2, number_of(MANY + 1)), (3, "1.10105E+17")):
                row = dict(zip(NAMES, row_of(WORLD.notice_id, MANY + n)), 证件号码=number)
                for name, value in row.items():
                    book.active.cell(n, names[name]).value = value
            book.save(f"{folder}/table.xlsx")
            page.run(1, folder, **around)
            told = page.run(2, folder, **around)
        column = openpyxl.utils.get_column_letter(names["证件号码"])
        self.assertIn(f"{column}3", told)
        self.assertIn("文本格式", told)
        self.assertNotIn(f"{column}2", told)
        page.hold_all_ran()


if __name__ == "__main__":
    unittest.main()
