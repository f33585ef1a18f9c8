"""PURE: finding to sentence, in a language.

`catalogue.parse` reads a PO text; `Speaker.say` renders what rules said, with dates and amounts as the
reader's language writes them. Bootstrap reads the files under `catalogues/`.
"""

from connector.messages.catalogue import LANGUAGES, parse
from connector.messages.speaker import Speaker

__all__ = ["LANGUAGES", "Speaker", "parse"]
