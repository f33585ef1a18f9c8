"""What `explain` answers: plain values, in words and in codes, for a page, a terminal or a program."""

from dataclasses import dataclass
from datetime import datetime

from connector.canonical.verdict import Effect, Outcome
from connector.policy.text import Setting


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """One line of match evidence: what agrees or differs, and what it adds (R1.2, R4.14).

    `note` as the ledger keeps it, `text` in the reader's language.
    """

    field: str
    weight: float
    note: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """Why two records are taken for one customer; `score` reads as a probability between 0 and 1."""

    outcome: str
    score: float
    text: str
    weights: tuple[Weight, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A record that decided something, as a person would name it.

    `field` and `value` are what the rule looked at, as the ledger keeps them; `label` and `text` say the same
    in words. A rival also has the `likeness` that made it one.
    """

    record: str
    name: str
    link: str
    field: str
    value: str
    label: str
    text: str
    likeness: Likeness | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One rule's word."""

    rule: str
    effect: Effect
    text: str
    parties: tuple[Party, ...]
    remedies: tuple[str, ...] = ()  # what would change it: nothing is an answer too
    settings: tuple[
        Setting, ...
    ] = ()  # the policy's keys that decided it: a change there would have changed it


@dataclass(frozen=True, kw_only=True, slots=True)
class Runner:
    """One party in the order of acts: with which record, when, and by which clock (law 1).

    `text` says what it did then: complete (and filed, where that was earlier), taken, created.
    """

    record: str
    name: str
    link: str
    firm: str
    at: datetime
    text: str
    clock: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Race:
    """Who was first: the parties, earliest first. `together`: nobody can say, so a person or the policy did."""

    runners: tuple[Runner, ...]
    together: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One entry of the ledger about the record; `who` did it, where a person did and this reader may know."""

    number: int
    kind: str
    happened: str
    at: datetime
    when: str
    certain: str
    outcome: Outcome | None
    ruled: str
    policy: str
    reasons: tuple[Reason, ...]
    race: Race | None
    docket: tuple[str, ...]
    recorded_at: datetime
    who: str = ""
    policy_since: str = ""  # from when on that version was in force, as the reader writes it
    settings: tuple[
        Setting, ...
    ] = ()  # the policy's keys behind a window that opened or a deadline that came


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One record in a list, with what there is to say of it."""

    record: str
    name: str
    link: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One thing that somebody did, as the ledger proves it: on which record, when, who, and what came of it."""

    number: int
    record: str
    name: str
    link: str
    at: datetime
    when: str
    who: str
    happened: str
    ruled: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One thing in the life of a deal or customer; times in words are in the programme's zone.

    `kind` is a fact's kind, `activity` for what people logged, or `written` for what we wrote back; `number` is the
    ledger's entry where something was decided, and `docket` what that entry then held.
    """

    at: datetime
    when: str
    kind: str
    record: str
    name: str
    link: str
    who: str
    text: str
    ruled: str = ""
    docket: tuple[str, ...] = ()
    number: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Firm:
    """A partner firm as the docket has it: leads held against its quota, and its registrations.

    `unworked` is told where the quota counts only the leads that are not worked yet.
    """

    held: int
    quota: int | None
    unworked: int | None
    claims: tuple[Line, ...]
    open_registrations: int
    registrations: tuple[Line, ...]
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute:
    """A conflict as the docket has it; `evidence` as it was kept, for what is no likeness of two records."""

    key: str
    kind: str
    state: str
    text: str
    opened_at: datetime
    evidence: str
    likeness: Likeness | None
    race: Race
    resolution: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Everything there is to say about one record: the ledger's steps oldest first, and how it stands now."""

    record: str
    name: str = ""
    link: str = ""
    language: str
    steps: tuple[Step, ...] = ()
    stands: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    firm: Firm | None = None
    conflicts: tuple[Dispute, ...] = ()
    timeline: tuple[Happening, ...] = ()
    appeal: str = ""  # until when a rejection may be appealed
    as_of: int | None = None  # the ledger's entry that was asked for; None: everything up to now

    @property
    def empty(self) -> bool:
        """Nothing was ever decided about the record."""
        return not (self.steps or self.stands or self.firm or self.conflicts or self.timeline)
