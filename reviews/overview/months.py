"""Months, in the site's time zone."""

from datetime import date, datetime, time

from django.utils import timezone


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def months_before(day: date, number: int) -> date:
    """The first day of the month that was `number` months before a day's; negative numbers go on."""
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(year, month + 1, 1)


def last_months(day: date, number: int) -> list[date]:
    """The last months up to a day's own, the newest first."""
    return [months_before(day, back) for back in range(number)]


def beginning(month: date) -> datetime:
    """The moment at which a day begins."""
    return timezone.make_aware(datetime.combine(month, time()))
