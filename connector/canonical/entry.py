"""One line of the docket, whatever it is about."""

from typing import ClassVar

from connector.canonical.model import Model


class Entry(Model):
    """One line of the docket. `key` is unique within its type; `indexes` are what it is looked up by."""

    table: ClassVar[str]

    @property
    def key(self) -> str:
        raise TypeError(f"{type(self).__name__} has no key")

    @property
    def open(self) -> bool:
        return True

    @property
    def indexes(self) -> tuple[str, ...]:
        return ()
