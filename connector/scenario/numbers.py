"""Numbers that the org gives by itself: what a story calls a record by, and what the org calls it instead."""

from collections.abc import Mapping
from typing import Any

from connector.mapping.model import SectionMap


class Numbers:
    """The org's own numbers by the story's, for every record of an object that the org numbers.

    A story that says `registration_number: DR-1` means the registration of that number, as people would who read
    the number off the record. They may mistype it: blanks around it and small letters are kept.
    """

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def learn(self, ours: str, theirs: str) -> None:
        """The org calls `theirs` what the story calls `ours`."""
        self._given[ours.casefold()] = theirs

    def told(self, text: str) -> str:
        """A text as people in the org would enter it; one that is no such number as it stands."""
        inner = text.strip()
        theirs = self._given.get(inner.casefold())
        if theirs is None:
            return text
        same_case = theirs.lower() if inner.islower() else theirs
        return text.replace(inner, same_case)


def given_by_the_org(
    section: SectionMap, values: Mapping[str, Any], described: Mapping[str, Any]
) -> dict[str, str]:
    """Which of these words the org numbers by itself, each with its field."""
    own = {field["name"] for field in described["fields"] if field["autoNumber"]}
    fields = {word: section.read[word].field for word in values if word in section.read}
    return {word: field for word, field in fields.items() if field in own and values[word]}
