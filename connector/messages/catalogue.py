"""Catalogues in gettext's PO format, which every translation tool reads; parsed from text, not from disk."""

from io import BytesIO

from babel.messages.pofile import read_po

LANGUAGES = ("en", "da", "de", "es", "zh_CN")


def parse(text: str, language: str) -> dict[str, str]:
    """Phrase key → sentence. Fuzzy and empty entries are left out: they fall back to English."""
    catalogue = read_po(BytesIO(text.encode()), locale=language)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
