"""Tables as people keep them, written by openpyxl: software that is not ours."""
import io
import json
import uuid

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from .identifiers import citizen_number

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BULK = "/v1/commitments/bulk"
NAMES = ["告知书编号", "承诺人类别", "承诺人姓名或名称", "证件类型", "证件号码", "承诺日期", "承诺事由", "备注"]


def number_of(n):
    """The citizen number of the n-th invented person, of whom there may be a hundred thousand. None ends in 000."""
    born = 1950 + n % 50
    return citizen_number(f"110105{born}{1 + n // 50 % 12:02}{1 + n // 600 % 28:02}{1 + n // 16800:03}")


def row_of(notice_id, n):
    """A good row about the n-th person."""
    return [notice_id, "自然人", f"示例{'甲乙丙丁戊己庚辛壬癸'[n % 10]}", "居民身份证", number_of(n), "2026-03-02", f"第{n}件", None]


def workbook(rows, names=None, since_1904=False, change=None):
    """The bytes of an .xlsx file; `change(sheet)` may do what people do."""
    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(names or NAMES)
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def answers_of(body):
    """The answers to rows."""
    return [answer for answer in map(json.loads, body.decode().splitlines()) if "line" in answer]


def send(client, body, content_type=XLSX, key=True, timeout=120):
    """The answer to a table; `key` True makes a fresh one."""
    headers = {"Content-Type": content_type, "Idempotency-Key": str(uuid.uuid4()) if key is True else key}
    return client.request("POST", BULK, body, headers, timeout)
