"""Forms of the back office: each is made from a row as it stood, and refuses to write over a newer change."""

from typing import TYPE_CHECKING, Any

from django import forms

from oracle.audit.guards import history_of

if TYPE_CHECKING:
    from oracle.accounts.models import User

    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

NOT_OF_THE_ROW = {"base", "reason"}


class RecordForm(ModelForm):
    """A form whose save is told in the record. `by` is set by the page; `base` is the newest history row's id."""

    by: "User"
    stale = False
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["base"] = self.newest()

    def clean(self) -> dict[str, Any]:
        """Refuse a form made from an older state, and one that changes nothing; the row is locked from here on."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.lock()
        if data.get("base") != self.newest():
            self.stale = True
            raise forms.ValidationError(
                "Somebody else changed this after you opened it, so nothing was written. Open the page in another tab "
                "to see how it stands now, and take over from here what you still want to change."
            )
        if not self.instance._state.adding and not set(self.changed_data) - NOT_OF_THE_ROW:
            raise forms.ValidationError("Nothing here differs from what stands already; nothing was written.")
        return data

    def lock(self) -> None:
        """Hold the row until the request ends."""
        rows = type(self.instance)._base_manager.select_for_update(no_key=True)
        rows.filter(pk=self.instance.pk).first()

    def newest(self) -> str:
        """What tells one state of the row from another: its newest history row; empty for a new one."""
        if self.instance._state.adding:
            return ""
        key = str(self.instance._meta.pk and self.instance._meta.pk.attname)
        told = history_of(type(self.instance))._base_manager.filter(**{key: self.instance.pk})
        return str(told.order_by("-history_id").values_list("history_id", flat=True).first() or "")


class ReasonedForm(RecordForm):
    """A form that asks why."""

    reason = forms.CharField(
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stays on record.",
        error_messages={"min_length": "Write a few words, so that the reason can be understood later."},
    )
