"""*Send to the board*: what readers will see, what the editor confirms, one button."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles import drafts, permissions
from articles.comparison import comparison
from articles.forms import SubmitForm
from articles.models import Article, Risk, Version
from articles.standing import withholds
from articles.text.change_class import ChangeClass
from articles.text.content import CONTENT_FIELDS, Content
from articles.text.preflight import ERROR, WARNING
from oracle.refusals import Refusal, Stale

from .checks import ASKED_ON_SUBMIT
from .desk import after_submit, editor_article, name_of, person, policy_withholds

LATEST = 100


def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """The last page before the text is frozen; a refusal leaves everything as it was and the form filled."""
    article = editor_article(request, slug)
    version = article.open_version(person(request))
    if request.method != "POST":
        return _page(request, article, version, _form(request, article, version, initial=_initial(article, version)))
    form = _form(request, article, version, request.POST)
    if not form.is_valid():
        return _page(request, article, version, form, status=422)
    try:
        sent = _send(request, article, form)
    except Stale as stale:
        return _stale(request, editor_article(request, slug), form, stale)
    except Refusal as refusal:
        article = editor_article(request, slug)
        return _page(request, article, version, form, sentence=refusal.sentence, status=refusal.status)
    messages.success(request, f"Version {version.number} is sent to the Medical Advisory Board.")
    return redirect("record", sent.slug)


def _form(request: HttpRequest, article: Article, version: Version, *args: Any, **kwargs: Any) -> SubmitForm:
    """The form, with the risk that the words of the text suggest."""
    sets = permissions.can_set_specialties(article, person(request))
    change = change_since_signed(article, version)
    more: dict[str, Any] = {"number": version.number, "suggested": version.high_risk_words, "sets_specialties": sets}
    return SubmitForm(*args, **more, typographic=bool(change and change.typographic), **kwargs)


def change_since_signed(article: Article, version: Version) -> ChangeClass | None:
    """The class of the change since the signed version; None where none stands."""
    signed = article.standing_version
    return version.change_class(signed.content) if signed else None


def _send(request: HttpRequest, article: Article, form: SubmitForm) -> Article:
    given, user = form.cleaned_data, person(request)
    with transaction.atomic():
        if article.lock().open_version(user).fingerprint != given["base"]:
            raise Stale("Somebody else saved this text after you opened this page; read what changed first.")
        note = given.get("change_note", "")
        specialties = form.all_specialties(article)
        drafts.set_classification(article, specialties=specialties, risk=given["risk"], by=user, reason=note)
        ai_use = {name: given[name] for name in ("level", "tool", "purpose")}
        drafts.confirm_for_submit(
            article,
            by=user,
            ai_use=ai_use,
            funding=given["funding"],
            change_note=note,
            raised=given.get("raised", False),
            base=given["base"],
        )
        return article.perform("submit", by=user, reason=note)


def _stale(request: HttpRequest, article: Article, form: SubmitForm, stale: Stale) -> HttpResponse:
    """The form as typed, for the text that is saved now, to be confirmed again; with what changed meanwhile."""
    version = article.open_version(person(request))
    typed = {name: form[name].value() for name in form.fields if name != "checked"}
    fresh = _form(request, article, version, initial=typed | {"base": version.fingerprint})
    seen = _seen(version, form.cleaned_data["base"])
    difference = comparison(seen, version.content) if seen else {}
    return _page(request, article, version, fresh, sentence=stale.sentence, status=stale.status, difference=difference)


def _seen(version: Version, base: str) -> Content | None:
    """The text that the editor had on screen, if it is among the latest saves."""
    for row in version.history.all()[:LATEST]:
        content = Content(**{name: getattr(row, name) for name in CONTENT_FIELDS})
        if content.sha256() == base:
            return content
    return None


def _initial(article: Article, version: Version) -> dict[str, object]:
    main, *others = article.specialties or [""]
    return drafts.disclosures(version) | {
        "base": version.fingerprint,
        "main_specialty": main,
        "specialties": others,
        "risk": article.risk,
        "change_note": version.change_note,
        "raised": version.raised,
    }


def _page(
    request: HttpRequest,
    article: Article,
    version: Version,
    form: SubmitForm,
    *,
    sentence: str = "",
    status: int = 200,
    difference: dict[str, Any] | None = None,
) -> HttpResponse:
    findings = version.findings()
    waived = set(version.waivers.values_list("rule", flat=True))
    warnings = [one for one in findings if one.level == WARNING]
    context = {
        **(difference or {}),
        "changed_since": difference is not None,
        "article": article,
        "version": version,
        "name": name_of(article),
        "form": form,
        "sentence": sentence,
        "stops": [one for one in findings if one.level == ERROR and one.field != ASKED_ON_SUBMIT],
        "refused": article.refusal_of("submit", person(request)),
        "warnings": [one for one in warnings if one.rule not in waived],
        "waived": [one for one in warnings if one.rule in waived],
        "outcomes": outcomes(article),
        "change": change_since_signed(article, version),
    }
    return render(request, "desk/submit.html", context, status=status)


def outcomes(article: Article) -> list[str]:
    """What readers will see once this is sent: one sentence, or one for each risk where they differ."""
    policy = policy_withholds()
    said = {risk: after_submit(article, withholds(policy, risk)) for risk in Risk.values}
    if len(set(said.values())) == 1:
        return [said[Risk.STANDARD]]
    return [f"{Risk(risk).label.capitalize()}: {sentence}" for risk, sentence in said.items()]
