"""Days in the short words of lists. A day is late only after its end in the site's time zone."""

from datetime import date, timedelta

from oracle import clock

TOMORROW = timedelta(days=1)


def in_words(day: date) -> str:
    """“3 May”; with the year where it is another than this one."""
    return f"{day:%-d %B}" if day.year == clock.today().year else f"{day:%-d %B %Y}"


def urgency(day: date | None) -> str:
    """“late”, “due today” or “due tomorrow”; empty for any other day, and for none."""
    today = clock.today()
    if day is None or day > today + TOMORROW:
        return ""
    return "late" if day < today else "due today" if day == today else "due tomorrow"


def due(day: date | None) -> str:
    """“due 3 May”, “due tomorrow”, “late since 4 May”; empty without a day."""
    if day is None:
        return ""
    near = urgency(day)
    return f"late since {in_words(day + TOMORROW)}" if near == "late" else near or f"due {in_words(day)}"


def answer_due(day: date) -> str:
    """“answer by 3 May”, “answer by tomorrow”, “answer late since 4 May”."""
    near = urgency(day)
    if near == "late":
        return f"answer late since {in_words(day + TOMORROW)}"
    return f"answer by {near.removeprefix('due ') or in_words(day)}"
