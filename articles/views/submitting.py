"""*Send to the board*: what readers will see, what the editor confirms, one button."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles import drafts
from articles.forms import SubmitForm
from articles.models import Article, Risk, Version
from articles.standing import withholds
from articles.text.preflight import Finding
from oracle.refusals import Refusal, Stale

from .desk import after_submit, editor_article, name_of, person, policy_withholds

ASKED_HERE = "article"


def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """The last page before the text is frozen; a refusal leaves everything as it was and the form filled."""
    article = editor_article(request, slug)
    version = article.open_version(person(request))
    if request.method != "POST":
        return _page(request, article, version, SubmitForm(number=version.number, initial=_initial(article, version)))
    form = SubmitForm(request.POST, number=version.number)
    if not form.is_valid():
        return _page(request, article, version, form, status=422)
    try:
        sent = _send(request, article, form)
    except Refusal as refusal:
        article = editor_article(request, slug)
        return _page(request, article, version, form, sentence=refusal.sentence, status=refusal.status)
    messages.success(request, f"Version {version.number} is sent to the Medical Advisory Board.")
    return redirect("record", sent.slug)


def _send(request: HttpRequest, article: Article, form: SubmitForm) -> Article:
    given, user = form.cleaned_data, person(request)
    with transaction.atomic():
        if article.lock().open_version(user).fingerprint != given["base"]:
            raise Stale("Somebody else saved this text after you opened this page; read what changed first.")
        drafts.set_classification(article, specialties=form.all_specialties, risk=given["risk"], by=user)
        ai_use = {name: given[name] for name in ("level", "tool", "purpose")}
        drafts.confirm_for_submit(
            article,
            by=user,
            ai_use=ai_use,
            funding=given["funding"],
            change_note=given.get("change_note", ""),
            base=given["base"],
        )
        return article.perform("submit", by=user)


def _initial(article: Article, version: Version) -> dict[str, object]:
    main, *others = article.specialties or [""]
    return drafts.disclosures(version) | {
        "base": version.fingerprint,
        "main_specialty": main,
        "specialties": others,
        "risk": article.risk,
        "change_note": version.change_note,
    }


def _page(
    request: HttpRequest,
    article: Article,
    version: Version,
    form: SubmitForm,
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "article": article,
        "version": version,
        "name": name_of(article),
        "form": form,
        "sentence": sentence,
        "stops": stops(version),
        "refused": article.refusal_of("submit", person(request)),
        "warnings": [finding for finding in version.findings() if finding.level == "warning"],
        "outcomes": outcomes(article),
    }
    return render(request, "desk/submit.html", context, status=status)


def stops(version: Version) -> list[Finding]:
    """The errors that this page's own form cannot mend."""
    return [one for one in version.findings() if one.level == "error" and one.field != ASKED_HERE]


def outcomes(article: Article) -> list[str]:
    """What readers will see once this is sent: one sentence, or one for each risk where they differ."""
    policy = policy_withholds()
    said = {risk: after_submit(article, withholds(policy, risk)) for risk in Risk.values}
    if len(set(said.values())) == 1:
        return [said[Risk.STANDARD]]
    return [f"{Risk(risk).label.capitalize()}: {sentence}" for risk, sentence in said.items()]
