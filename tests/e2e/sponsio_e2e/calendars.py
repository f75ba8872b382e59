"""Calendars that could be a year's and are not."""
import datetime

# Every festival from a fixed day on, for as many working days as the law gives, and at least so many days.
FESTIVALS = [("元旦", "New Year's Day", 1, 1, 1, 3), ("春节", "Spring Festival", 2, 5, 4, 1),
             ("清明节", "Tomb-Sweeping Day", 4, 5, 1, 1), ("劳动节", "Labour Day", 5, 1, 2, 1),
             ("端午节", "Dragon Boat Festival", 6, 9, 1, 1), ("中秋节", "Mid-Autumn Festival", 9, 15, 1, 1),
             ("国庆节", "National Day", 10, 1, 3, 1)]


def invented_calendar(year, correction="test", worked=()):
    """`worked`: weekend days, made up for at National Day."""
    holidays = []
    for zh, en, month, day, working_days, least_days in FESTIVALS:
        first = last = datetime.date(year, month, day)
        wanted = working_days + (len(worked) if month == 10 else 0)
        while sum((first + datetime.timedelta(n)).weekday() < 5 for n in range((last - first).days + 1)) < wanted or \
                (last - first).days + 1 < least_days:
            last += datetime.timedelta(1)
        holidays.append({"name": {"zh": zh, "en": en}, "from": str(first), "to": str(last)})
    return {"calendar_id": "cn", "year": year, "version": f"cn-{year}.{correction}",
            "source": {"key": "训练用", "text": {"zh": "训练用日历，非官方安排", "en": "For training, not official"},
                       "address": "https://calendar.test/"},
            "holidays": holidays, "worked_weekends": list(worked)}
