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


class DayField(forms.DateField):
    """A day of any year that a record can have; the calendar itself ends in the year 9999."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=DayInput, **kwargs)

    def clean(self, value: Any) -> date | None:
        """The day, if one was given."""
        day: date | None = super().clean(value)
        if day and not 1900 <= day.year <= 2999:
            raise forms.ValidationError("Choose a day between the years 1900 and 2999.")
        return day


class TimelineFilter(forms.Form):
    """Who, which article, what, when, and words of the reason; without `stories`, nothing of articles."""

    person = forms.ModelChoiceField(User.objects.order_by(Lower("name")), required=False, empty_label="everybody")
    article = forms.CharField(required=False, max_length=120, label="Article’s address")
    action = forms.ChoiceField(required=False)
    since = DayField(label="From")
    until = DayField(label="To")
    words = forms.CharField(required=False, max_length=200, label="Words in the reason")

    def __init__(self, *args: Any, stories: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stories = stories
        self.fields["action"].choices = [("", "everything"), *actions(stories=stories)]  # type: ignore[attr-defined]
        if not stories:
            del self.fields["article"]

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
            article=data.get("article"),
            event=data["action"],
            since=_midnight(data["since"]),
            until=_midnight(data["until"] and data["until"] + timedelta(days=1)),
            words=data["words"].strip(),
            stories=self.stories,
        )


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
