"""A back-test's matcher gives, for every moment of the past, the answer that settling's gave or would have given."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Identity
from connector.flows import past_matcher
from connector.flows.matcher import Matcher, identity
from connector.flows.past_matcher import Forms, PastMatcher
from connector.flows.records import RecordReader
from connector.matching import Frequencies, MatchPolicy
from connector.rules.world import Matches
from connector.store.scratch import open_scratch
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process

NAMES = ("Stadtwerke Auenried GmbH", "Stadtwerke Auenried", "Molkerei Gera GmbH", "Ziegelei Fulda AG")
FILING = "Deal_Registration__c"
KINDS = ((Kind.LEAD,), (Kind.REGISTRATION, Kind.LEAD))
POLICY = MatchPolicy()


def history(process: Process, org: MemoryOrg, people: Cast, dice: random.Random) -> list[datetime]:
    """Leads and filings come, are renamed, edited, deleted, brought back, proved; every moment at which one was."""
    moments: list[datetime] = []
    alive: dict[str, list[RecordId]] = {"Lead": [], FILING: []}
    gone: dict[str, list[RecordId]] = {"Lead": [], FILING: []}
    for _ in range(40):
        org.wait(1)
        name = dice.choice(["Lead", FILING])
        here, there, called = alive[name], gone[name], dice.choice(NAMES)
        act = dice.choice(["create", "create", "create", "rename", "edit", "delete", "back", "prove"])
        if act == "create":
            here.append(_created(org, people, name, called))
        elif act == "back" and there:
            here.append(there.pop())
            org.undelete(name, here[-1])
        elif act == "delete" and here:
            there.append(here.pop(dice.randrange(len(here))))
            org.delete(name, there[-1])
        elif act == "rename" and here:
            field = "Company" if name == "Lead" else "Customer_Name__c"
            org.save(name, dice.choice(here), **{field: called})
        elif act == "edit" and here:
            field = "Phone" if name == "Lead" else "Next_Steps__c"
            org.save(name, dice.choice(here), **{field: f"+49 30 {dice.randrange(1_000_000):06}"})
        elif act == "prove" and alive[FILING]:
            org.create(
                "Registration_Evidence__c",
                people.users[0],
                Registration__c=alive[FILING][-1],
                Kind__c="Meeting",
            )
        process.turn()
        moments += [org.clock, org.clock - timedelta(seconds=1)]
    return sorted(set(moments))


def _created(org: MemoryOrg, people: Cast, name: str, called: str) -> RecordId:
    if name == "Lead":
        return org.create("Lead", people.users[0], Company=called, LastName="Aumüller", City="Augsburg")
    return org.create(
        FILING, people.users[0], Partner_Account__c=people.firms[0], Customer_Name__c=called,
        Customer_City__c="Augsburg", Status__c="Submitted",
    )  # fmt: skip


def asked(records: RecordReader) -> Iterator[tuple[RecordId, Identity]]:
    """Everybody whom a record names now."""
    for kind in (Kind.LEAD, Kind.REGISTRATION):
        for record in records.all(kind):
            who = identity(record)
            if who is not None:
                yield record.id, who


def told(found: Matches) -> tuple[Sequence[object], bool]:
    return [(match.kind, match.record, match.comparison) for match in found], found.doubtful


@pytest.mark.parametrize("seed", range(6))
def test_every_moment_of_the_past_is_answered_as_it_was_then(
    process: Process, org: MemoryOrg, people: Cast, seed: int
) -> None:
    """Laws 5 and 9: renamed, deleted, undeleted, edited, with rows added later; asked in any order of time."""
    dice = random.Random(seed)
    org.wait(10)
    process.begin()
    moments = history(process, org, people, dice)
    dice.shuffle(moments)
    forms: Forms = {}
    mapping, met = process.connector.mapping, 0
    with open_scratch() as scratch, process.store.reading() as view:
        everybody = list(asked(RecordReader(view, mapping)))
        for moment in moments:
            records = RecordReader(view, mapping)
            past = PastMatcher(records, Frequencies.EMPTY, forms, scratch)
            then = Matcher(RecordReader(view, mapping), Frequencies.EMPTY)
            for besides, who in everybody:
                for kinds in KINDS:
                    expected = then.matches(who, kinds, POLICY, moment, besides)
                    assert told(past.matches(who, kinds, POLICY, moment, besides)) == told(expected)
                    met += len(expected)
    assert met > 100


def test_a_question_is_answered_once_and_few_forms_are_kept(
    process: Process, org: MemoryOrg, people: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    org.wait(10)
    process.begin()
    for name in NAMES[:2]:
        org.wait(1)
        _created(org, people, "Lead", name)
    process.turn()
    monkeypatch.setattr(past_matcher, "_MOST_FORMS", 1)
    forms: Forms = {}
    with open_scratch() as scratch, process.store.reading() as view:
        records = RecordReader(view, process.connector.mapping)
        first = PastMatcher(records, Frequencies.EMPTY, forms, scratch)
        who = Identity(name=NAMES[0], city="Augsburg")
        found = first.matches(who, (Kind.LEAD,), POLICY, org.clock, None)
        assert len(found) == 2
        assert len(forms) == 1
        monkeypatch.setattr(PastMatcher, "_answer", None)  # asked again, nothing is looked up
        assert told(first.matches(who, (Kind.LEAD,), POLICY, org.clock, None)) == told(found)
