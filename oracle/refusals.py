"""Refusals: what the product answers when it will not do a thing, each with a sentence for the person."""


class Refusal(Exception):
    """A refusal; `sentence` says what is wrong and what to do, `status` is the HTTP status."""

    status = 409

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(Refusal):
    """The person may see this, but not do it."""

    status = 403


class Stale(Refusal):
    """The form was made from an older state than the present one; nothing was written."""
