"""What a text costs: it is parsed a fixed number of times, however many sentences it has."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from articles.models import Version
from articles.text.content import Content
from articles.text.markdown import render
from articles.text.parsing import parse
from articles.text.preflight import preflight
from articles.views.editor import preview_of

SENTENCE = "Give 5 mg a day. "


def calls(of: Callable[..., Any], work: Callable[[], Any]) -> int:
    """How often `work` calls the function `of`."""
    counted = 0

    def watch(frame: FrameType, event: str, _: Any) -> None:
        nonlocal counted
        counted += event == "call" and frame.f_code is of.__code__

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def text(sentences: int) -> Content:
    words = SENTENCE * sentences
    return Content(question="May it be used?", direct_answer="Yes.", title="It may", professional=words, plain=words)


def parsed_by_the_checks(content: Content) -> int:
    return calls(parse, lambda: preflight(content, number=1, change_note="", specialties=["a"], risk="high"))


def test_the_checks_parse_a_long_text_no_oftener_than_a_short_one() -> None:
    assert parsed_by_the_checks(text(1)) == parsed_by_the_checks(text(40))


def test_a_preview_renders_the_answer_and_the_wording_of_each_audience_once() -> None:
    version = Version(question="May it be used?", direct_answer="Yes.", professional="So.", plain="So.", references=[])
    assert calls(render, lambda: preview_of(version)) == 6
