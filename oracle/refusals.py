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


LONGEST = 5000


def typed(text: str, missing: str, *, most: int = LONGEST) -> str:
    """What a person typed, without the white space around it; refused when empty or longer than `most` characters."""
    text = text.strip()
    if not text:
        raise Refusal(missing)
    if len(text) > most:
        raise Refusal(f"This text has {len(text):,} characters; at most {most:,} can be kept. Shorten it.")
    return text
