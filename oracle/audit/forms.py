"""The timeline's filters, kept in the address."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.db.models.functions import Lower
from django.utils import timezone

from oracle.accounts.models import User

from .sentences import actions
from .timeline import Filters


class DayInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimelineFilter(forms.Form):
    """Who, which article, what, when, and words of the reason."""

    person = forms.ModelChoiceField(User.objects.order_by(Lower("name")), required=False, empty_label="everybody")
    article = forms.CharField(required=False, max_length=120, label="Article’s address")
    action = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="From", widget=DayInput)
    until = forms.DateField(required=False, label="To", widget=DayInput)
    words = forms.CharField(required=False, max_length=200, label="Words in the reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", "everything"), *actions()]  # type: ignore[attr-defined]

    def clean_article(self) -> int | None:
        """The id of the article with this address."""
        slug = self.cleaned_data["article"].strip().strip("/")
        if not slug:
            return None
        found = apps.get_model("articles", "Article")._base_manager.filter(slug=slug).values_list("pk", flat=True)
        if not found:
            raise forms.ValidationError(f"There is no article with the address “{slug}”; look it up under Articles.")
        return int(found[0])

    def filters(self) -> Filters:
        """What a valid form asks for."""
        data = self.cleaned_data
        return Filters(
            person=data["person"] and data["person"].pk,
            article=data["article"],
            event=data["action"],
            since=_midnight(data["since"]),
            until=_midnight(data["until"] and data["until"] + timedelta(days=1)),
            words=data["words"].strip(),
        )


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
