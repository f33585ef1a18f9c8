"""An intent: the value that a field in the org ought to have, because of a verdict."""

from collections.abc import Mapping

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model


class Say(Model):
    """A text to be rendered in the language of a person: sentences of the messages room, in order."""

    sentences: tuple[tuple[str, Mapping[str, str]], ...]
    reader: RecordId | None = None  # whose language; None: the programme's


class Desired(Model):
    """One slot of one record. `slot` is a name under the mapping's `write:` (never an org field name).

    `expected` is the value a contested slot must still have for our write to be right (law 12); the
    connector writes only when `value` differs from what the mirror shows.
    """

    subject: Kind
    record: RecordId
    slot: str
    value: str | Say | None
    contested: bool = False
    expected: str | None = None


class Creation(Model):
    """A record that ought to exist, keyed by an external id so that creating it twice is one record."""

    subject: Kind
    key: str
    values: Mapping[str, str | Say | None]
