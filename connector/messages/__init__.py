"""PURE: finding to sentence, in a language.

`catalogue.parse` reads a PO text; `Speaker.say` renders what rules said, with dates and amounts as the
reader's language writes them; `shortcomings` says what a translator still has to do. Bootstrap reads the
files under `catalogues/`. To add a language: a PO file there, and its name in `LANGUAGES`.
"""

from connector.messages.catalogue import LANGUAGES, parse
from connector.messages.completeness import shortcomings
from connector.messages.heading import Heading
from connector.messages.remedy import Remedy, remedies
from connector.messages.speaker import Speaker
from connector.messages.telling import Telling

__all__ = ["LANGUAGES", "Heading", "Remedy", "Speaker", "Telling", "parse", "remedies", "shortcomings"]
