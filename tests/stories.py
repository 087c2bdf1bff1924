"""What visitors do at the site of test_killed.py: articles and their reviews, readers' reports, invitations.

Each story is told by its steps; any of them may go unanswered, and is then done again (tests/visitors.py).
"""

import re
from dataclasses import dataclass
from typing import Any

from .cast import PASSWORD
from .visitors import Attempt, Browser, Notebook

DRAFT = """---
question: May drug A be given in kidney failure ({word})?
direct_answer: Yes, with care and at half the dose [@one].
title: Drug A in kidney failure
slug: {word}
specialties: [nephrology]
risk: standard
references:
  - {{id: one, kind: research, title: A trial of drug A, journal: Journal of Examples, year: 2015, doi: 10.1000/a}}
---

## Evidence

Drug A at 5 mg daily lowered pressure in 40 adults [@one].
"""
TEXTS = ("direct_answer", "professional", "plain", "abbreviations")
CONFIRMED = {
    "main_specialty": "nephrology", "risk": "standard", "level": "none", "tool": "", "purpose": "", "checked": "on",
}  # fmt: skip

# How the record tells that a sending was done: 1 or 0.
BEGUN = "SELECT count(*) FROM articles_article WHERE slug = %s"
SAVED = """SELECT count(*) FROM articles_historicalversion
           WHERE history_event = 'version.save' AND direct_answer LIKE '%%' || %s || '%%'"""
SENT = """SELECT count(*) FROM articles_historicalversion v JOIN articles_historicalarticle a
              ON a.history_transaction = v.history_transaction AND a.id = v.article_id AND a.state = 'submitted'
              AND a.history_event = 'article.submit'
          WHERE v.history_event = 'article.submit' AND v.funding = 'none, ' || %s"""
STEPPED = """SELECT count(*) FROM articles_historicalarticle
             WHERE history_change_reason = %s AND history_event = %s AND slug = %s"""
UNTOLD = """SELECT count(*) FROM articles_historicalarticle WHERE %s <> '' AND history_event = %s AND slug = %s"""
TAKEN = """SELECT count(*) FROM reviews_round r JOIN articles_article a ON a.id = r.article_id
               JOIN reviews_review w ON w.id = r.review_id JOIN accounts_user u ON u.id = w.reviewer_id
           WHERE %s <> '' AND r.number = 1 AND a.slug = %s AND u.email = %s"""
JUDGED = "SELECT count(*) FROM reviews_historicalclaimcheck WHERE note = %s AND round_id = %s"
REMARKED = "SELECT count(*) FROM reviews_comment WHERE body = %s AND round_id = %s"
ANSWERED = "SELECT count(*) FROM reviews_historicalcomment WHERE answer = %s AND history_event = 'comment.answer'"
CLOSED = "SELECT count(*) FROM reviews_comment WHERE %s <> '' AND resolved_at IS NOT NULL AND id = %s"
SENT_BACK = """SELECT count(*) FROM reviews_round WHERE reason = %s AND "end" = 'changes' AND id = %s"""
GIVEN_BACK = """SELECT count(*) FROM reviews_round WHERE reason = %s AND "end" = 'given_back' AND id = %s"""
SIGNED = "SELECT count(*) FROM reviews_signoff WHERE %s <> '' AND round_id = %s AND content_sha256 = %s"
HIDDEN = """SELECT count(*) FROM articles_suspension s JOIN articles_article a ON a.id = s.article_id
            WHERE s.reason = %s AND a.slug = %s"""
SHOWN = """SELECT count(*) FROM articles_suspension s JOIN articles_article a ON a.id = s.article_id
           WHERE s.lifted_reason = %s AND s.lifted_at IS NOT NULL AND a.slug = %s"""
REVOKED = "SELECT count(*) FROM reviews_revocation WHERE reason = %s AND signoff_id = %s"
REPORTED = "SELECT count(*) FROM articles_report WHERE text = %s"
INVITED = """SELECT count(*) FROM accounts_user u JOIN outbox_outbox m ON m.to = ARRAY[u.email]
             WHERE u.email = %s || '@example.org'"""


def form_with(path: str, name: str = "", **form: Any) -> Attempt:
    """A form that carries the new word in the field `name`."""
    return lambda word: (path, form | ({name: word} if name else {}))


@dataclass
class House:
    """An editor, a board member and the chair, with one article after another."""

    editor: Browser
    reviewer: Browser
    chair: Browser
    notebook: Notebook

    def live(self) -> None:
        """Sign in, then let articles live until there is enough."""
        for person in (self.editor, self.reviewer, self.chair):
            person.sign_in()
        stories = [self.sent_back_and_signed, self.signed_hidden_and_revised, self.taken_back, self.revoked]
        turn = int(self.editor.email[6])
        while True:
            stories[turn % len(stories)](self.begin())
            turn += 1

    # Stories

    def sent_back_and_signed(self, slug: str) -> None:
        self.send(slug)
        number = self.take(slug)
        self.judge_all(number)
        self.remark(number)
        self.send_back(number)
        self.answer_all(slug)
        self.save(slug)
        self.send(slug)
        number = self.own_round(slug)
        self.close_all(slug)
        self.judge_all(number)
        self.sign(number)
        self.read(slug)

    def signed_hidden_and_revised(self, slug: str) -> None:
        self.send(slug)
        number = self.take(slug)
        self.judge_all(number)
        self.sign(number)
        self.hide(slug, self.reviewer)
        self.read(slug)
        self.show(slug)
        self.step("revise", slug, self.editor)
        self.save(slug)
        self.step("abandon", slug, self.editor, sure="1")
        self.read(slug)

    def taken_back(self, slug: str) -> None:
        self.send(slug)
        number = self.take(slug)
        self.give_back(number)
        self.read(slug)
        self.step("recall", slug, self.editor, reason=True)
        self.save(slug)
        self.send(slug)
        self.hide(slug, self.chair)
        self.step("withdraw", slug, self.chair, reason=True)
        self.step("reinstate", slug, self.chair, reason=True)

    def revoked(self, slug: str) -> None:
        self.save(slug)
        self.send(slug)
        number = self.take(slug)
        self.judge_all(number)
        self.sign(number)
        self.revoke(slug)
        self.read(slug)

    # Steps of the editor

    def begin(self) -> str:
        self.editor.look("/desk/new/")

        def attempt(word: str) -> tuple[str, dict[str, Any]]:
            return "/desk/new/", {"way": "paste", "paste-text": DRAFT.format(word=word)}

        page = self.editor.do("a new article", attempt, BEGUN)
        slug = page.location.split("/")[3]
        self.notebook.slugs.append(slug)
        return slug

    def save(self, slug: str) -> None:
        path = f"/desk/articles/{slug}/edit/"

        def attempt(word: str) -> tuple[str, dict[str, Any]]:
            page = self.editor.look(path)
            form = {name: page.text(name) for name in TEXTS} | {"base": page.value("base")}
            form |= {"question": f"May drug A be given ({slug})?", "title": "Drug A in kidney failure"}
            return path, form | {"direct_answer": f"Yes, with care and at half the dose, says {word} [@one]."}

        self.editor.do("a save", attempt, SAVED)

    def send(self, slug: str) -> None:
        path = f"/desk/articles/{slug}/submit/"

        def attempt(word: str) -> tuple[str, dict[str, Any]]:
            page = self.editor.look(path, expected=(200, 409))
            form = CONFIRMED | {"base": page.value("base"), "funding": f"none, {word}", "change_note": f"As {word}."}
            return path, form

        self.editor.do("a text to the board", attempt, SENT)

    def answer_all(self, slug: str) -> None:
        page = self.editor.look(f"/desk/articles/{slug}/edit/")
        for number in sorted(set(re.findall(r"/desk/objections/(\d+)/answer/", page.body))):
            self.editor.do("an answer", form_with(f"/desk/objections/{number}/answer/", "answer"), ANSWERED)

    def step(self, verb: str, slug: str, who: Browser, *, reason: bool = False, **form: str) -> None:
        attempt = form_with(f"/desk/articles/{slug}/do/{verb}/", "reason" if reason else "", **form)
        who.do(f"{verb} of {slug},", attempt, STEPPED if reason else UNTOLD, f"article.{verb}", slug)

    # Steps of the board

    def take(self, slug: str) -> str:
        attempt = form_with(f"/desk/articles/{slug}/take/")
        page = self.reviewer.do("taking", attempt, TAKEN, slug, self.reviewer.email)
        return page.location.split("/")[3] if page.status == 302 else self.own_round(slug)

    def own_round(self, slug: str) -> str:
        """The number of the round that the board member has open; they have one at a time."""
        page = self.reviewer.look("/desk/")
        return max(re.findall(r"/desk/rounds/(\d+)/", page.body), key=int)

    def judge_all(self, number: str) -> None:
        path = f"/desk/rounds/{number}/"
        while "data-ready" not in (page := self.reviewer.look(f"{path}?tab=statements")).body:
            attempt = form_with(f"{path}judge/", "note", claim=page.value("claim"), verdict="supported")
            self.reviewer.do("a verdict", attempt, JUDGED, number)

    def remark(self, number: str) -> None:
        self.reviewer.do(
            "a remark", form_with(f"/desk/rounds/{number}/comment/", "body", blocking="1"), REMARKED, number
        )

    def send_back(self, number: str) -> None:
        attempt = form_with(f"/desk/rounds/{number}/decide/", "reason", decision="changes")
        self.reviewer.do("sending back", attempt, SENT_BACK, number)

    def give_back(self, number: str) -> None:
        self.reviewer.do("giving back", form_with(f"/desk/rounds/{number}/give-back/", "note"), GIVEN_BACK, number)

    def close_all(self, slug: str) -> None:
        page = self.reviewer.look(f"/desk/articles/{slug}/reviews/")
        for number in sorted(set(re.findall(r"/desk/objections/(\d+)/resolve/", page.body))):
            self.reviewer.do("closing a remark", form_with(f"/desk/objections/{number}/resolve/"), CLOSED, number)

    def sign(self, number: str) -> None:
        page = self.reviewer.look(f"/desk/rounds/{number}/")
        shown, path = page.value("sha256"), f"/desk/rounds/{number}/decide/"
        asked = {name: page.value(name) for name in set(re.findall(r"question-\d", page.body))}
        answers = asked | {name.replace("question", "answer"): "yes" for name in asked}
        attempt = form_with(path, decision="approve", sha256=shown, password=PASSWORD, **answers)
        self.reviewer.do("a signature", attempt, SIGNED, number, shown)

    def hide(self, slug: str, who: Browser) -> None:
        who.do("hiding", form_with(f"/desk/articles/{slug}/hide/", "reason"), HIDDEN, slug)

    def show(self, slug: str) -> None:
        path = f"/desk/articles/{slug}/show/"
        attempt = form_with(path, "reason", seen=self.chair.look(path).value("seen"))
        self.chair.do("showing", attempt, SHOWN, slug)

    def revoke(self, slug: str) -> None:
        page = self.chair.look(f"/desk/articles/{slug}/")
        number = re.findall(r"/desk/signatures/(\d+)/revoke/", page.body)[-1]
        self.chair.do("a revocation", form_with(f"/desk/signatures/{number}/revoke/", "reason"), REVOKED, number)

    def read(self, slug: str) -> None:
        for place in ("", "?for=patient", "versions/", "versions/1/"):
            self.chair.look(f"/articles/{slug}/{place}", expected=(200, 302, 404))


@dataclass
class Street:
    """Readers, who report a few problems, an administrator, who invites, and an auditor."""

    reader: Browser
    administrator: Browser
    auditor: Browser
    notebook: Notebook
    reports: int = 3  # an address may send five within an hour

    def live(self) -> None:
        """Go round until there is enough."""
        self.administrator.sign_in()
        self.auditor.sign_in()
        while True:
            for slug in self.notebook.slugs[-2:]:
                self.reader.look(f"/articles/{slug}/", expected=(200, 404))
            for path in ("/", "/board/", "/policy/"):
                self.reader.look(path)
            self.report()
            self.invite()
            self.auditor.look("/record/")

    def report(self) -> None:
        if self.reports:
            self.reports -= 1
            self.reader.look("/report/")
            attempt = form_with("/report/", "text", article="", page="/", contact="", website="")
            self.reader.do("a report", attempt, REPORTED)

    def invite(self) -> None:
        self.administrator.look("/people/invite/")

        def attempt(word: str) -> tuple[str, dict[str, Any]]:
            return "/people/invite/", {"email": f"{word}@example.org", "name": f"Nora {word}", "roles": ["editor"]}

        self.administrator.do("an invitation", attempt, INVITED)
