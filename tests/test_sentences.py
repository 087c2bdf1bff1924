"""Every event that the code can write has a plain sentence."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from articles.models import Article
from oracle.audit import sentences, timeline
from reviews.models import RoundEnd

ROOT = Path(__file__).resolve().parent.parent
CODE = [path for place in ("articles", "reviews", "oracle") for path in (ROOT / place).rglob("*.py")]
# What the event keys that are put together may end in.
# A signature ends its round under an event of its own.
_OTHER_ENDS = [end.value for end in RoundEnd if end.value and end != RoundEnd.SIGNED]
ENDINGS = {"article.": list(Article.transitions()), "round.": _OTHER_ENDS, "claim.": ["section", "pair"]}


def named(node: ast.expr) -> Iterator[str]:
    """The event keys that an expression can become."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        beginning = node.values[0]
        assert isinstance(beginning, ast.Constant)
        start = str(beginning.value)
        yield from (start + ending for ending in ENDINGS[start])
    elif isinstance(node, ast.BoolOp | ast.IfExp):
        parts = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
        for part in parts:
            yield from named(part)


def events_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "event":
            yield from named(node.value)
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.args[-len(node.args.defaults) or None :], *node.args.kwonlyargs]
            defaults = [*node.args.defaults, *node.args.kw_defaults]
            for argument, default in zip(arguments[-len(defaults) :], defaults, strict=False):
                if argument.arg == "event" and default is not None:
                    yield from named(default)


def used() -> set[str]:
    found = {event for path in CODE for event in events_in(ast.parse(path.read_text()))}
    made = {f"{source.about}.made" for source in timeline.sources().values() if not hasattr(source.model, "history_id")}
    return found | made


def test_the_walk_finds_constants_defaults_choices_and_what_is_put_together() -> None:
    code = """
def f(by, *, event: str = "a.default"): ...
record(x, event="a.constant")
record(x, event="a.one" if by else "a.other")
record(x, event=event or f"round.{end.value}")
"""
    rounds = {"round.changes", "round.given_back", "round.overtaken", "round.refused", "round.replaced"}
    assert set(events_in(ast.parse(code))) == {"a.default", "a.constant", "a.one", "a.other"} | rounds


def test_every_event_that_the_code_writes_has_a_sentence() -> None:
    assert sorted(used() - set(sentences.SENTENCES)) == []


@pytest.mark.parametrize("event", sentences.SENTENCES)
def test_a_sentence_reads_well_without_any_fact(event: str) -> None:
    words = sentences.sentence(event, "nothing", {})
    assert words == words.strip()
    assert "  " not in words
    assert not set("{}") & set(words)
    assert words[0] in string.ascii_lowercase


def test_facts_are_put_in_as_they_are() -> None:
    hostile = {"who": "{event} <b>"}
    assert sentences.sentence("user.invite", "user", hostile) == "invited {event} <b>"


def test_the_rows_beside_a_step_say_their_own() -> None:
    facts = {"version": "version 2", "outcome": "in work"}
    assert sentences.sentence("article.recall", "version", facts, new=True) == "opened version 2"
    assert sentences.sentence("article.submit", "version", facts) == "froze version 2"
    closed = facts | {"outcome": "sent back by the board"}
    told = "noted what became of version 2: sent back by the board"
    assert sentences.sentence("article.request_changes", "version", closed) == told
    told = "ended the invitation of Rita Reviewer, which was not answered"
    assert sentences.sentence("article.approve", "review", {"who": "Rita Reviewer"}) == told


def test_an_event_without_a_sentence_still_shows_itself() -> None:
    assert sentences.sentence("future.event", "article", {}) == "changed a row of the record: future.event"


def test_every_action_to_choose_has_a_name_of_its_own() -> None:
    names = [name for _, name in sentences.actions()]
    assert "" not in names
    assert len(set(names)) == len(names)


def test_the_actions_without_stories_are_those_of_tables_without_articles() -> None:
    begins = {event.split(".")[0] for event, _ in sentences.actions(stories=False)}
    assert begins == {"board", "rule", "specialty", "document", "user"}


def test_a_round_that_nobody_took_was_opened_for_its_reviewer() -> None:
    facts = {"who": "Rita Reviewer", "round": "round 2", "version": "version 2"}
    told = "opened a new round for Rita Reviewer: round 2 on version 2"
    assert sentences.sentence("round.begin", "round", facts, by_nobody=True) == told
    assert sentences.sentence("round.begin", "round", facts) == "took the article: round 2 on version 2"
