"""What a practice org and the connector beside it show of a story, to compare with what it expects."""

from collections.abc import Sequence

from connector.bootstrap import Connector
from connector.canonical.docket import ENTRY_TYPES, Entry
from connector.canonical.ids import RecordId
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.canonical.verdict import Verdict
from connector.salesforce import soql
from connector.scenario.answers import answers
from connector.scenario.memory import Memory
from connector.scenario.numbers import Numbers
from connector.scenario.package import named
from connector.scenario.saving import attribute_of
from connector.scenario.story import Story


class Shown:
    """What a check may ask. `idents` and `numbers` translate the story's names into the org's.

    `connector` is None until it has gone live; `memory` plays beside, to tell which phrases a text is made of.
    """

    def __init__(self, *, story: Story, idents: dict[RecordId, str], numbers: Numbers) -> None:
        self.story, self.idents, self.numbers = story, idents, numbers
        self.memory = Memory(story)
        self.connector: Connector | None = None

    @property
    def name(self) -> str:
        return "through the org"

    def record(self, ident: RecordId) -> Record | None:
        """The record as the org's own REST answers it now."""
        if self.connector is None or not self.knows(ident):
            return None
        org, mapping, key = self.connector.org, self.connector.mapping, self.idents[ident]
        kind = self.story.kinds[ident]
        source = next(s for s in mapping.sources if s.kind is kind and key.startswith(s.prefix))
        rows = list(org.query(soql.select(named(source.fields), source.object, where=soql.equals("Id", key))))
        if not rows:
            return None
        children = {
            child: list(
                org.query(soql.select(named(mapping.objects[child]), child, where=soql.equals(link, key)))
            )
            for child, link in source.children
        }
        found = mapping.read(kind, rows[0], children)
        return found if isinstance(found, Record) else None

    def knows(self, ident: RecordId) -> bool:
        """Whether the org has the record; a conflict that the story names is found by its key."""
        item = next((each for each in self.story.given if each.ident == ident), None)
        if ident not in self.idents and item is not None and item.kind is Kind.CONFLICT and self.connector:
            key = str(item.values.get("key", ""))
            sort, *sides = key.split("|")
            ours = sorted(self.idents.get(self.story.names.get(s, RecordId(s)), s) for s in sides)
            section = self.story.mapping.of(Kind.CONFLICT)[0]
            field, wanted = section.read["key"].field, "|".join((sort, *ours))
            asked = soql.select(["Id"], section.object, where=soql.equals(field, wanted))
            for row in self.connector.org.query(asked):
                self.idents[ident] = str(row["Id"])
        return ident in self.idents

    def verdict(self, ident: RecordId) -> Verdict | None:
        if self.connector is None:
            return None
        wanted = self.idents.get(ident)
        with self.connector.store.reading() as view:
            lines = view.ledger.scan()
            found = [line.verdict for line in lines if line.verdict and answers(line.fact, line.verdict)]
        return next((verdict for verdict in reversed(found) if verdict.record == wanted), None)

    def slot(self, ident: RecordId, slot: str) -> str | Say | None:
        """What stands in the slot's field; a text as its phrases, where it is the one that they make."""
        kind, record = self.story.kinds[ident], self.record(ident)
        word = attribute_of(self.story.mapping, kind, slot)
        told = self.memory.slot(ident, slot)
        if word is None or record is None:
            return told
        shown = getattr(record, word)
        spoken = self.memory.record(ident)
        same = spoken is not None and getattr(spoken, word) == shown
        return told if isinstance(told, Say) and same else shown

    def entries(self, table: str) -> Sequence[Entry]:
        if self.connector is None:
            return ()
        with self.connector.store.reading() as view:
            return list(view.docket.all(ENTRY_TYPES[table]))

    def key(self, ours: str) -> str:
        return self.idents.get(RecordId(ours)) or self.numbers.told(ours)

    def ident(self, found: str) -> str:
        return next((str(ours) for ours, theirs in self.idents.items() if theirs == found), found)
