"""Hiding a text from readers at once, and showing it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles import mail, permissions
from articles.forms import ReasonForm, ShowForm
from articles.models import Article
from articles.models.suspension import lift, suspend
from oracle.refusals import NotAllowed, Refusal

from .desk import desk_article, name_of, person, what_readers_see

# Reasons that are ready, each a button, so that a text is hidden in two actions; readers see the sentence.
READY = {
    "number": "A dose or number may be wrong.",
    "harm": "It may lead to harm if followed.",
    "evidence": "New evidence contradicts it.",
}


def hide(request: HttpRequest, slug: str) -> HttpResponse:
    """*Hide this text now*: a reason that is ready, or one's own, and nothing else."""
    article, user = desk_article(request, slug), person(request)
    if not permissions.can_suspend(article, user):
        raise NotAllowed("Only a board member or the chair may hide a text.")
    ready = READY.get(request.POST.get("ready", ""))
    form = ReasonForm({"reason": ready} if ready else request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "desk/hide.html", article, form)
    try:
        suspend(article, by=user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return _page(request, "desk/hide.html", article, form, refusal)
    mail.text_hidden(article, name_of(article))
    messages.success(request, "Hidden. Readers see a notice with your reason; the chair is told and decides.")
    return redirect("record", slug)


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The chair looks at a hidden text, and shows it again with a reason."""
    article, user = desk_article(request, slug), person(request)
    if not permissions.can_chair(article, user):
        raise NotAllowed("Only the chair may show a hidden text again.")
    if request.method != "POST":
        return _page(request, "desk/show.html", article, _show_form(article))
    form = ShowForm(request.POST)
    if not form.is_valid():
        return _page(request, "desk/show.html", article, form)
    given = form.cleaned_data
    try:
        lift(article, by=user, reason=given["reason"], seen=given["seen"])
    except Refusal as refusal:
        article = desk_article(request, slug)
        return _page(request, "desk/show.html", article, _show_form(article, given["reason"]), refusal)
    messages.success(request, "The text is shown again.")
    return redirect("record", slug)


def _show_form(article: Article, reason: str = "") -> ShowForm:
    """The form about the text as it is hidden now."""
    hidden = article.suspensions.filter(lifted_at=None).first()
    return ShowForm(initial={"seen": hidden and hidden.pk, "reason": reason})


def _page(
    request: HttpRequest, template: str, article: Article, form: ReasonForm, refusal: Refusal | None = None
) -> HttpResponse:
    """The form, with what was typed; 422 for one that is not filled in."""
    context = {
        "article": article,
        "name": name_of(article),
        "form": form,
        "ready": READY,
        "sentence": refusal.sentence if refusal else "",
        "readers": what_readers_see(article),
        "hidden": article.suspensions.filter(lifted_at=None).select_related("by", "version").first(),
    }
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, template, context, status=status)
