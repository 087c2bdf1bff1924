"""The record in plain words: one sentence for each event, as it follows the person's name.

A template may name `{version}`, `{round}`, `{who}` and the row's own short columns, choices in words.
"""

import re
from collections.abc import Mapping
from typing import Any

SENTENCES = {
    # Articles. The rows that the same step wrote in other tables are in BESIDE.
    "article.create": "began the article",
    "article.import": "imported the draft",
    "article.classify": "set the specialties and the risk",
    "article.submit": "sent {version} to the board",
    "article.recall": "took the text back from the board",
    "article.start_review": "began the review of {version}",
    "article.release": "gave {version} back: nobody reviews it now",
    "article.request_changes": "asked for changes",
    "article.approve": "approved {version}: the signatures meet the rule",
    "article.reopen": "reopened the article: the signatures no longer meet the rule",
    "article.revise": "opened {version} to revise the article",
    "article.reaffirm": "moved the date of the review: new signatures reaffirm {version}",
    "article.abandon": "dropped the open version",
    "article.discard": "discarded the draft",
    "article.withdraw": "withdrew the article",
    "article.reinstate": "took the withdrawn article up again",
    "article.suspend": "hid the text from readers",
    "article.resume": "showed the text to readers again",
    # Versions.
    "version.save": "saved the text",
    "version.match": "matched a citation number to a reference",
    "version.drop_number": "took an unmatched citation number out of the text",
    "version.reference": "changed the references",
    "version.evidence": "changed the quoted passages",
    "version.fix": "applied a quick fix to the text",
    "version.suggestion": "put the words that a reviewer suggested into the text",
    "version.confirm": "confirmed AI use and funding",
    "version.waive": "set a warning aside",
    # Reviews.
    "review.declare": "answered the question about interests: {conflict}",
    "review.restate": "said again what was said about interests",
    "review.invite": "invited {who} to review the article",
    "review.accept": "accepted the invitation to review",
    "review.decline": "declined the invitation to review: {declined_because}",
    "review.withdraw": "withdrew the invitation of {who}",
    "review.dates": "set other days for the invitation of {who}",
    "comment.drop": "closed a comment: the text it was made on was dropped",
    "review.clear": "cleared a declared interest",
    "review.bar": "decided that a declared interest stands in the way",
    "round.begin": "took the article: {round} on {version}",
    "round.sign": "finished {round} on {version} with a signature",
    "round.changes": "finished {round} on {version}, asking for changes",
    "round.ask": "asked {who} to reaffirm the article: {round} on {version}",
    "round.refused": "finished {round} on {version}: not reaffirmed",
    "round.given_back": "gave back {round} on {version}",
    "round.replaced": "replaced {who}: {round} on {version}",
    "round.dates": "set another day for {round} on {version}",
    "round.overtaken": "ended {round} on {version}: overtaken by a newer version",
    "round.departed": "took {round} on {version} from a reviewer who left",
    "claim.judge": "judged a statement: {verdict}",
    "claim.section": "supported a statement with the rest of its section",
    "claim.pair": "held a plain statement against the one for professionals: {verdict}",
    "setaside.made": "set a verdict of a reviewer who left aside",
    "claim.add": "added a statement to be judged",
    "comment.add": "made a comment",
    "comment.reply": "replied to a comment",
    "comment.answer": "answered a comment",
    "comment.apply": "took over the words that a comment suggests",
    "comment.resolve": "closed a comment as met",
    # Signatures.
    "signoff.made": "signed {version} as {meaning}",
    "signoff.recount": "told anew who stands for the signed version: a signature was revoked",
    "signoff.revoke": "ended the standing of the signed version: a signature was revoked",
    "revocation.made": "revoked a signature",
    "signingfailure.made": "tried to sign {version} and was refused",
    # The board and the house.
    "board.save": "changed the board record of {who}",
    "board.disclose": "gave their yearly disclosure of interests",
    "board.away": "said until when they are away",
    "board.outside": "named {who} as outside reviewer of one article",
    "rule.save": "set the sign-off rule: {risk} risk",
    "specialty.save": "set the specialty {name}",
    "document.save": "put a document in force: {kind}, number {number}",
    # People.
    "user.create": "made the account of {who}",
    "user.invite": "invited {who}",
    "user.roles": "changed the roles of {who}",
    "user.deactivate": "deactivated the account of {who}",
    "user.reactivate": "reactivated the account of {who}",
    "user.link": "made a new link for a first password of {who}",
    "user.mail": "chose how often mail comes",
    "user.password": "set a new password",
    "user.factor_added": "added a second factor to their account",
    "user.factor_removed": "took a second factor off their account",
    "user.recovery_codes": "made new recovery codes for their account",
    "user.factor_lost": "reported the second factor of {who} as lost",
    "user.factors_reset": "took away the second factors of {who}, reported as lost",
    "user.saved": "changed the account of {who}",
}
# The events of what belongs to no article.
HOUSE = ("board.", "rule.", "specialty.", "document.", "user.")
# What a step did to the rows beside the one it is named after, by table.
BESIDE = {
    "version": "noted what became of {version}: {outcome}",
    "round": "ended {round} on {version}: {end}",
    "review": "ended the invitation of {who}, which was not answered",
    "comment": "put an objection beside the text",
    "suspension": "noted that {version} is hidden, or no longer",
}
# What reads differently where no person did it.
BY_NOBODY = {"round.begin": "opened a new round for {who}: {round} on {version}"}
TOGETHER = {
    "version.save": "saved the text {count} times",
    "claim.judge": "judged {count} {statements}",
    "claim.section": "supported {count} {statements} by section",
    "claim.pair": "held {count} plain {statements} against those for professionals",
}
UNKNOWN = "changed a row of the record: {event}"


def sentence(event: str, about: str, facts: Mapping[str, Any], *, new: bool = False, by_nobody: bool = False) -> str:
    """What was done, for a row of the table `about`; `new` says that the row was added then."""
    template = SENTENCES.get(event, UNKNOWN)
    if by_nobody:
        template = BY_NOBODY.get(event, template)
    if about in BESIDE and event.startswith(("article.", "signoff.")):
        template = _beside(about, facts, new)
    return _filled(template, {"event": event, **facts})


def _beside(about: str, facts: Mapping[str, Any], new: bool) -> str:
    if about == "version" and new:
        return "opened {version}"
    if about == "version" and facts.get("outcome") == "in work":
        return "froze {version}"
    return BESIDE[about]


def together(event: str, count: int, facts: Mapping[str, Any]) -> str | None:
    """The sentence for `count` rows of one sitting; None for an event that is never folded so."""
    if event not in TOGETHER:
        return None
    counted = {"count": count, "statements": "statement" if count == 1 else "statements"}
    return _filled(TOGETHER[event], {**facts, **counted})


def action(event: str) -> str:
    """The event's name in a list to choose from."""
    template = SENTENCES[event].split(":")[0]
    return _filled(template, {"who": "a person", "name": "", "meaning": "a reviewer"})


def actions(*, stories: bool = True) -> list[tuple[str, str]]:
    """Every event with its name, in the order of the table; without `stories`, only those of no article."""
    return [(event, action(event)) for event in SENTENCES if stories or event.startswith(HOUSE)]


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return {"version": "a version", "round": "a round", "who": "a person"}.get(key, "")


def _filled(template: str, facts: Mapping[str, Any]) -> str:
    return re.sub(r"\s+", " ", template.format_map(_Words(facts))).strip(" :")
