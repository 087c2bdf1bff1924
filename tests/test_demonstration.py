"""The demonstration: made once, whole or not at all, by the verbs, in DEBUG only."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max

from articles.models import Document, Specialty
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from oracle.audit.history import record
from reviews.demonstration.build import play
from reviews.demonstration.people import Cast, Moment
from reviews.founding import found
from reviews.models import SignOff, SignOffRule


def demonstration() -> str:
    out = StringIO()
    call_command("demonstration", stdout=out)
    return out.getvalue().splitlines()[-1]


def rows() -> dict[str, int]:
    """How many rows each regulated table and its history have, and the newest history row of each."""
    found_rows: dict[str, Any] = {}
    for model in regulated_models():
        history = history_of(model)._default_manager
        name = model._meta.label
        found_rows[name] = (
            model._default_manager.count(),
            history.count(),
            history.aggregate(Max("history_id"))["history_id__max"],
        )
    found_rows["signoffs"] = SignOff.objects.count()
    return found_rows


@pytest.mark.django_db(transaction=True)
def test_it_is_made_once(settings: Any) -> None:
    settings.DEBUG = True
    assert demonstration() == "The demonstration is ready: 11 articles."
    before = rows()
    assert demonstration() == "The demonstration is already here."
    assert rows() == before


@pytest.mark.django_db
def test_it_is_refused_without_debug(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        demonstration()
    assert not User.objects.exists()
    assert not Specialty.objects.exists()


@pytest.mark.django_db
def test_it_leaves_other_data_alone(settings: Any) -> None:
    settings.DEBUG = True
    User.objects.create_user("somebody@example.org", "a password of some length", name="Somebody")
    before = rows()
    assert demonstration() == (
        "This database holds other data; the demonstration was not made. Give it one of its own."
    )
    assert rows() == before


@pytest.mark.django_db
def test_an_interrupted_start_leaves_no_half(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(cast: Cast) -> Iterator[Moment]:
        yield 100, "09:00"
        raise KeyboardInterrupt

    settings.DEBUG = True
    monkeypatch.setattr("reviews.demonstration.build.STORIES", (interrupted,))
    with pytest.raises(KeyboardInterrupt):
        demonstration()
    assert not User.objects.exists()
    assert not Document.objects.exists()


def test_stories_take_turns_in_the_order_of_time() -> None:
    told: list[tuple[str, int]] = []

    def story(name: str, *days: int) -> Any:
        def steps(cast: Cast) -> Iterator[Moment]:
            for day in days:
                yield day, "09:00"
                told.append((name, (today - clock.today()).days))

        return steps

    today = clock.today()
    play((story("a", 9, 2), story("b", 5, 1)), {}, today)
    assert told == [("a", 9), ("b", 5), ("a", 2), ("b", 1)]


@pytest.mark.django_db
def test_founding_twice_changes_nothing() -> None:
    found()
    before = rows()
    found()
    assert rows() == before
    assert list(
        SignOffRule.objects.order_by("signatures").values_list("risk", "signatures", "specialties", "months")
    ) == [
        ("standard", 1, 1, 36),
        ("high", 2, 2, 12),
    ]
    assert set(Document.objects.values_list("kind", "number", "withholds")) == {
        ("policy", 1, "high"),
        ("disclaimer_professional", 1, "high"),
        ("disclaimer_plain", 1, "high"),
        ("questions", 1, "high"),
    }


@pytest.mark.django_db
def test_founding_keeps_what_the_house_has_changed() -> None:
    found()
    rule = SignOffRule.objects.get(risk="standard")
    rule.months = 24
    record(rule, by=None, event="rule.save")
    found()
    assert SignOffRule.objects.get(risk="standard").months == 24
