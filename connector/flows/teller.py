"""What the ledger holds, in a reader's words: names instead of ids, sentences instead of codes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from connector.canonical.accounts import BenefitEntry, DealEntry
from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    ConflictEntry,
    CreditEntry,
    Entry,
    RegistrationEntry,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.phrase import Phrase
from connector.canonical.time import TimeSource, When, instant_text
from connector.canonical.transfer_in import TransferInEntry
from connector.canonical.verdict import Exhibit, Finding
from connector.flows.explanation import Likeness, Party, Reason, Weight
from connector.flows.eyes import DESK, Eyes
from connector.messages import Speaker, Telling, remedies
from connector.messages.likeness import in_words
from connector.policy.text import Setting
from connector.ports.store import SourceVersion, Transaction

_ID = 18
_NAMES = ("Name", "Company", "Customer_Name__c", "OrderNumber")
_PARTIES = frozenset({"holder", "firm", "winner", "loser"})
"""Words of findings that are somebody's name."""
_LIKENESS = re.compile(r"(?P<outcome>same|unsure|different), score (?P<score>\d\.\d+)$")
_WEIGHT = re.compile(r"  (?P<field>.+?) (?P<weight>[+-]\d+\.\d+)  (?P<note>.*)$")
_STEP = re.compile(r"(work_remind|protection_remind|slip_remind|escalate)_\d+[a-z]?(_business)?$")
_QUALITY = re.compile(r"(?P<filings>\d+) filings, (?P<met>\d+) met, (?P<won>\d+) won$")
_SIGNED = re.compile(r"(?P<what>[a-z_]+):(?P<word>yes|no)$")
_OURS = {FactKind.TICK: Telling.CLOCK_DEADLINE, FactKind.ADOPTED: Telling.CLOCK_GO_LIVE}


SettingsOf = Callable[[Finding], tuple[Setting, ...]]
"""The policy's keys that decided a finding."""


def _unknown(_found: Finding) -> tuple[Setting, ...]:
    return ()


class Teller:
    """Tells one explanation from one reading of the store. Names are looked up once each."""

    def __init__(
        self, view: Transaction, speaker: Speaker, *, url: str, language: str, eyes: Eyes = DESK
    ) -> None:
        self.view, self.language, self.eyes = view, language, eyes
        self._speaker, self._url = speaker, url
        self._objects = [row.object for row in view.mirror.count()]
        self._versions: dict[str, SourceVersion | None] = {}
        self._hidden: set[str | None] | None = None

    def tell(self, telling: Telling, **params: str) -> str:
        return self._speaker.sentence(telling, params, self.language)

    def labelled(self, label: str, text: str) -> str:
        """`label: text`, with the colon of the language."""
        return f"{label}{self.tell(Telling.PAGE_COLON)}{text}"

    def listed(self, *parts: str) -> str:
        """`one, two`, with the comma of the language; what is empty is left out."""
        return self.tell(Telling.PAGE_COMMA).join(filter(None, parts))

    def when(self, moment: datetime) -> str:
        """A moment to the second, in the programme's zone."""
        return self._speaker.instant(moment, self.language)

    def version(self, record: str) -> SourceVersion | None:
        """The record as the mirror has it, wherever that is; None when it was never mirrored."""
        if len(record) != _ID:
            return None  # no record of the org, as where a policy was published
        if record not in self._versions:
            found = (self.view.mirror.get(name, [record]).get(record) for name in self._objects)
            self._versions[record] = next((version for version in found if version), None)
        return self._versions[record]

    def name(self, record: str | None) -> str:
        """What people call the record; its id when the mirror does not know it. A rival has no name for a partner."""
        if not self.eyes.see(record):
            return self.tell(Telling.PAGE_MASKED)
        version = self.version(record) if record else None
        names = (version.values.get(field) for field in _NAMES) if version else iter(())
        return next((name for name in names if name), self._conflict(version) or record or "")

    def _conflict(self, version: SourceVersion | None) -> str:
        """What people call a conflict, whose own record has no name: its kind."""
        keys = (
            [value for value in version.values.values() if value and value.count("|") == 2] if version else []
        )
        kinds = (self.word("conflict_kind", key.partition("|")[0]) for key in keys if self._docket(key))
        return next((self.tell(Telling.PAGE_CONFLICT, kind=kind) for kind in kinds), "")

    def _docket(self, key: str) -> bool:
        return self.view.docket.get(ConflictEntry, key) is not None

    def shown(self, record: str) -> str:
        """The record's id, unless this reader may not know it."""
        return record if self.eyes.see(record) else ""

    def link(self, record: str) -> str:
        return self.address(record) if len(record) == _ID and self.eyes.see(record) else ""

    def address(self, record: str) -> str:
        """Where the record stands in the org, for a reader who is known to see it."""
        return f"{self._url}/{record}" if self._url else record

    def value(self, text: str) -> str:
        """A value of a fact or an exhibit: a record by its name, a moment, an amount, a known word."""
        if len(text) == 18 and text.isalnum() and text.isascii():
            return self.name(text)
        if step := _STEP.match(text):
            return self.word("word", step[1])
        if figures := _QUALITY.match(text):
            return self.tell(Telling.PAGE_QUALITY_FIGURES, **figures.groupdict())
        if signed := _SIGNED.match(text):
            return self.labelled(self.word("word", signed["what"]), self.word("word", signed["word"]))
        if "|" in text and (told := self.word("word", text.partition("|")[0])) != text.partition("|")[0]:
            return told
        return self._speaker.word("word", self._speaker.figures(self.language).plain(text), self.language)

    def happened(self, fact: Fact) -> str:
        told = self.label if fact.kind is FactKind.SUPPLIED else self.value
        values = {"value": told(fact.value), "prior": told(fact.prior)}
        return self._speaker.sentence(f"happened.{fact.kind.value}", values, self.language)

    def certain(self, fact: Fact) -> str:
        """Where a fact's time comes from, and how sure it is; our own deadlines need no clock but theirs."""
        if fact.kind in _OURS:
            return self.tell(_OURS[fact.kind])
        return self.clock(fact.when, late=fact.late)

    def clock(self, when: When, *, late: bool = False) -> str:
        """Where an act's time comes from, and how sure it is (law 1)."""
        said = [self._source(when)]
        span = {"earliest": instant_text(when.earliest), "latest": instant_text(when.latest)}
        if not when.exact and when.source is not TimeSource.BETWEEN:
            said.append(self.tell(Telling.CLOCK_UNCERTAIN, **span))
        if late:
            said.append(self.tell(Telling.CLOCK_LATE))
        return self.tell(Telling.PAGE_SEMICOLON).join(said)

    def _source(self, when: When) -> str:
        if when.exact and when.source is TimeSource.BETWEEN:  # an interval of one second is a moment
            return self.tell(Telling.CLOCK_MODIFIED)
        span = {"earliest": instant_text(when.earliest), "latest": instant_text(when.latest)}
        return self._speaker.sentence(f"clock.{when.source.value}", span, self.language)

    def word(self, kind: str, value: str) -> str:
        return self._speaker.word(kind, value, self.language)

    def label(self, field: str) -> str:
        """What a person calls a field or an item that decided something."""
        for kind in ("relation", "field", "item"):
            name = field.replace("identity.", "customer.") if kind == "item" else field
            found = self.word(kind, name)
            if found != name:
                return found
        return field

    # what the rules said
    def reasons(self, findings: Sequence[Finding], settings: SettingsOf = _unknown) -> tuple[Reason, ...]:
        """Each finding in words; everything that is missing as one (R1.13)."""
        read = [found for found in findings if self.eyes.read(found)]
        return tuple(self._reason(group, settings(group[0])) for group in _grouped(read))

    def _reason(self, group: Sequence[Finding], settings: tuple[Setting, ...]) -> Reason:
        first = group[0]
        params = {name: self._unmasked(name, value) for name, value in first.params.items()}
        if len(group) > 1:
            params["item"] = ", ".join(found.params["item"] for found in group)
        return Reason(
            rule=first.rule,
            effect=first.effect,
            text=self._speaker.sentence(first.message, params, self.language),
            parties=tuple(
                self._party(shown) for found in group for shown in found.exhibits if self.eyes.meet(shown)
            ),
            remedies=tuple(self._speaker.sentence(key, params, self.language) for key in remedies(first)),
            settings=settings,
        )

    def _unmasked(self, name: str, value: str) -> str:
        """A finding's word, unless it is the name of somebody whom this reader does not read of."""
        if name not in _PARTIES or not self.eyes.masked:
            return value
        if self._hidden is None:
            named = (self.version(record) for record in self.eyes.masked)
            self._hidden = {version.values.get(field) for version in named if version for field in _NAMES}
        return self.tell(Telling.PAGE_MASKED) if value in self._hidden else value

    def _party(self, shown: Exhibit) -> Party:
        if self.eyes.of_a_partner or not self.eyes.see(shown.record):
            return self._masked(shown)
        if self.eyes.without_evidence and self.likeness(shown.value) is not None:
            return self._masked(shown)
        likeness = self.likeness(shown.value)
        return Party(
            record=shown.record,
            name=self.name(shown.record),
            link=self.link(shown.record),
            field=shown.field,
            value=shown.value,
            label=self.label(shown.field),
            text="" if likeness else self.value(shown.value),
            likeness=likeness,
        )

    def _masked(self, shown: Exhibit) -> Party:
        """For a partner: of its own records what they say, of another party only what it is to this one."""
        seen = self.eyes.see(shown.record) and self.likeness(shown.value) is None
        text = self.value(shown.value) if seen else ""
        return Party(
            record=self.shown(shown.record),
            name=self.name(shown.record),
            link=self.link(shown.record),
            field=shown.field,
            value=text,
            label=self.label(shown.field),
            text=text,
        )

    def likeness(self, text: str) -> Likeness | None:
        """The match evidence that matching wrote into an exhibit or a conflict; None for another text."""
        head, *rest = text.splitlines() or [""]
        found = _LIKENESS.match(head)
        if found is None:
            return None
        weights = (_WEIGHT.match(line) for line in rest)
        same = found["outcome"] == "same"
        telling = Telling.PAGE_SAME_CUSTOMER if same else Telling.PAGE_UNSURE_CUSTOMER
        return Likeness(
            outcome=found["outcome"],
            score=float(found["score"]),
            text=self.tell(
                telling, score=self._speaker.figures(self.language).likelihood(float(found["score"]))
            ),
            weights=tuple(
                self._weight(each["field"], float(each["weight"]), each["note"]) for each in weights if each
            ),
        )

    def _weight(self, field: str, weight: float, note: str) -> Weight:
        def say(key: str, params: Mapping[str, str]) -> str:
            return self._speaker.sentence(key, params, self.language)

        text = in_words(note, say, lambda kind: self.word("evidence", kind))
        return Weight(field=field, weight=weight, note=note, text=text)

    # what the docket holds
    def entries(self, entries: Iterable[Entry], fact: Fact, record: str) -> tuple[str, ...]:
        """Lines of the docket that `fact` wrote, in words for who reads about `record`, each said once."""
        said = (self._written(entry, fact, record) for entry in entries if self.eyes.holds(entry))
        return tuple(dict.fromkeys(line for line in said if line))

    def _written(self, entry: Entry, fact: Fact, record: str) -> str:
        """A claim of a lead that is gone went to nobody; one of another lead is told with its name and holder."""
        if not isinstance(entry, ClaimEntry):
            return self.entry(entry)
        gone = fact.kind in (FactKind.DELETED, FactKind.MERGED) and entry.lead == fact.record
        if gone and entry.state is ClaimState.TRANSFERRED:
            said = self.tell(Telling.DOCKET_CLAIM_GONE)
        elif fact.kind is FactKind.RESTORED and entry.open and entry.back_at == fact.instant:
            said = self.tell(Telling.DOCKET_CLAIM_BACK, at=instant_text(entry.opened.latest))
        else:
            said = self.entry(entry)
        if entry.lead == record:
            return (
                said
                if fact.kind is not FactKind.MERGED or gone
                else self.listed(said, self.name(entry.holder))
            )
        return self.labelled(self.name(entry.lead), self.listed(said, self.name(entry.holder)))

    def entry(self, entry: Entry) -> str:
        if isinstance(entry, ClaimEntry):
            waits = entry.open and (entry.hold or entry.reason)
            return self.word("docket.claim", "on_hold" if waits else entry.state.value)
        if isinstance(entry, RegistrationEntry):
            until = instant_text(entry.protected_until) if entry.protected_until else ""
            told = {"until": until if entry.state.protects else ""}
            return self._speaker.sentence(f"docket.registration.{entry.state.value}", told, self.language)
        if isinstance(entry, ConflictEntry):
            kind = self.word("conflict_kind", entry.kind)
            return self._speaker.sentence(
                f"docket.conflict.{entry.state.value}", {"kind": kind}, self.language
            )
        if isinstance(entry, BenefitEntry):
            amount = str(entry.amount) if entry.amount else ""
            said = {"kind": self.word("word", entry.kind), "state": self.word("word", entry.state)}
            return self.tell(Telling.DOCKET_BENEFIT_LINE, amount=amount, **said)
        if isinstance(entry, DealEntry):
            amount = str(entry.amount) if entry.amount else ""
            said = {"party": self.word("word", entry.party), "state": self.word("word", entry.state)}
            return self.tell(Telling.DOCKET_DEAL_LINE, amount=amount, **said)
        if isinstance(entry, CreditEntry):
            return self.tell(_of_credit(entry), firm=self.name(entry.firm))
        if isinstance(entry, OrderEntry | PaymentEntry | SlipEntry):
            return self._order_paper(entry)
        if isinstance(entry, TransferInEntry):
            return self.word("docket.transfer_in", entry.state.value)
        return ""

    def _order_paper(self, entry: OrderEntry | PaymentEntry | SlipEntry) -> str:
        if isinstance(entry, PaymentEntry):
            return self.tell(
                Telling.DOCKET_PAYMENT_TAKEN_BACK if entry.taken_back else Telling.DOCKET_PAYMENT_RECEIVED
            )
        if isinstance(entry, SlipEntry):
            return self.word("docket.slip", entry.state.value)
        effective = instant_text(entry.effective_at) if entry.effective_at else ""
        exception = self.value(entry.exception.value) if entry.exception else ""
        told = {"from": effective, "exception": exception}
        return self._speaker.sentence(f"docket.order.{entry.state.value}", told, self.language)


def _of_credit(entry: CreditEntry) -> Telling:
    """A record that leaves the org records no credit; its own is kept, for whatever comes back or is made anew."""
    if entry.frozen:
        return Telling.DOCKET_CREDIT_FROZEN
    return Telling.DOCKET_CREDIT_KEPT if entry.lost else Telling.DOCKET_CREDIT_RECORDED


def _grouped(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Findings one by one, but all that say what is missing together, where the first of them stands."""
    missing = [found for found in findings if found.message == Phrase.MISSING]
    for found in findings:
        if found.message != Phrase.MISSING:
            yield [found]
        elif missing:
            yield missing
            missing = []
