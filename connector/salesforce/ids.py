"""Record ids: 15 characters that tell case, or 18 that survive tools which do not."""

from __future__ import annotations

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def id18(text: str) -> str:
    """Return the 18-character form of an id; admins paste 15-character ones (documented algorithm).

    Raises ValueError for anything that is not 15 or 18 ASCII letters and digits. An 18-character id is
    returned unchanged: the org itself answers MALFORMED_ID when its last three characters are wrong.
    """
    if not (text.isascii() and text.isalnum() and len(text) in (15, 18)):
        raise ValueError(f"{text!r} is not a Salesforce id: expected 15 or 18 letters and digits")
    return text if len(text) == 18 else text + _suffix(text)


def _suffix(text: str) -> str:
    """One letter per five characters: which of them are capitals."""
    chunks = (text[start : start + 5] for start in (0, 5, 10))
    return "".join(
        _SUFFIX[sum(1 << bit for bit, char in enumerate(chunk) if "A" <= char <= "Z")] for chunk in chunks
    )
