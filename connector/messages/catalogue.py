"""Catalogues in gettext's PO format, which every translation tool reads; parsed from text, not from disk."""

from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("en", "da", "de", "es", "zh_CN")


def parse(text: str, language: str) -> dict[str, str]:
    """Phrase key → sentence. Fuzzy and empty entries are left out: they fall back to English."""
    return {
        str(message.id): str(message.string)
        for message in read(text, language)
        if message.id and message.string and not message.fuzzy
    }


def read(text: str, language: str) -> Catalog:
    """The catalogue with everything a translator left in it, fuzzy and empty entries too.

    Raises:
        babel.messages.pofile.PoFileError: the text is not a PO file.
    """
    return read_po(BytesIO(text.encode()), locale=language, abort_invalid=True)
