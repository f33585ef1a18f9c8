"""R2.14, R2.18: which partner may stand on a staged deal, who else has a stake in it, and whose renewal it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.credit import CreditEntry
from connector.canonical.docket import ConflictEntry, ConflictState, RegistrationEntry, RegistrationState
from connector.canonical.entry import Entry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Customer, Opportunity, Partner
from connector.canonical.staged import StageEntry
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.choosing import Requirement, Then
from connector.policy.stages import Every, Partners, Renewals
from connector.rules.stages.case import DealCase, deal_case
from connector.rules.stages.partners import (
    closed_on,
    conflicts,
    entered_at,
    incumbency,
    partner_conflict,
    partner_entry,
    partner_fit,
)
from tests.support.builders import START, after, customer, deal, firm, ident, seller, someone
from tests.support.channel import shipped
from tests.unit.rules.cases import NORD, SUED, acted, one, world

REP = seller(9)
CITY = customer(1, someone(1))
OST, WEST = firm(3, name="Ost"), firm(4, name="West")
FILED = ident("a01", 5)


def staged(**given: Any) -> Opportunity:
    return deal(1, REP, CITY, **({"agent": NORD.id, "stage": Decimal(4)} | given))


def case(
    of: Opportunity | None = None,
    *others: Opportunity,
    entry: StageEntry | None = None,
    docket: tuple[Entry, ...] = (),
    city: Customer = CITY,
    **terms: Any,
) -> DealCase:
    """A deal under judgement; `terms` are those of partners, `renewals` those of renewals."""
    of = of or staged()
    policy = shipped("staged_sales")
    assert policy.stages is not None
    rows = {"renewals": terms.pop("renewals", Renewals()), "partners": Partners(**terms)}
    policy = policy.model_copy(update={"stages": policy.stages.model_copy(update=rows)})
    fact = acted(FactKind.SUPPLIED, Kind.OPPORTUNITY, of.id)
    seen = world(OST, WEST, REP, city, of, *others, docket=docket, fact=fact)
    return deal_case(fact, seen, policy, of, entry, Decimal(2))


def said(rule: str, effect: Effect, phrase: Phrase, exhibit: Exhibit, **params: str) -> Finding:
    return Finding(rule=rule, effect=effect, message=phrase, params=params, exhibits=(exhibit,))


@pytest.mark.parametrize(
    ("stage", "phrase", "latest"),
    [
        ("1", Phrase.PARTNER_TOO_EARLY, "2"),
        ("2", None, ""),
        ("6", None, ""),
        ("7", Phrase.PARTNER_TOO_LATE, "6"),
    ],
)
@pytest.mark.parametrize(
    ("then", "effect"), [(Then.FLAG, Effect.NOTE), (Then.REVIEW, Effect.ASK), (Then.HOLD, Effect.REFUSE)]
)
def test_a_partner_enters_from_the_first_to_the_last_stage_that_the_policy_names(
    stage: str, phrase: Phrase | None, latest: str, then: Then, effect: Effect
) -> None:
    came = staged(stage=Decimal(stage))
    found = list(partner_entry(case(came, from_stage=Decimal(2), until_stage=Decimal(6), then=then)))
    exhibit = Exhibit(record=NORD.id, field="stage", value=stage)
    told = [said("partner_entry", effect, phrase, exhibit, stage=stage, latest=latest)] if phrase else []
    assert found == told


@pytest.mark.parametrize("stage", ["1", "7"])
def test_a_policy_that_names_no_stage_lets_a_partner_enter_at_any(stage: str) -> None:
    assert list(partner_entry(case(staged(stage=Decimal(stage))))) == []


@pytest.mark.parametrize("stage", ["1", "7"])
def test_a_partner_that_is_ignored_is_neither_too_early_nor_too_late(stage: str) -> None:
    terms: dict[str, Any] = {"from_stage": Decimal(2), "until_stage": Decimal(6), "then": Then.IGNORE}
    assert list(partner_entry(case(staged(stage=Decimal(stage)), **terms))) == []


def test_nobody_enters_a_deal_without_a_partner() -> None:
    alone = case(staged(agent=None, stage=Decimal(1)), from_stage=Decimal(2))
    assert [*partner_entry(alone), *partner_fit(alone), *partner_conflict(alone)] == []


@pytest.mark.parametrize(
    ("agent", "came_at", "entered"),
    [(NORD.id, Decimal(3), "3"), (NORD.id, None, "8"), (SUED.id, Decimal(3), "8"), (None, None, "8")],
)
def test_a_partner_came_in_at_the_stage_at_which_the_deal_first_named_it(
    agent: RecordId | None, came_at: Decimal | None, entered: str
) -> None:
    now = staged(stage=Decimal(8))
    known = StageEntry(deal=now.id, agent=agent, agent_at=came_at)
    assert entered_at(case(now, entry=known)) == Decimal(entered)
    assert entered_at(case(now)) == Decimal(8)


def test_a_partner_fits_that_can_do_what_is_asked_however_it_is_spelt() -> None:
    able = NORD.model_copy(update={"capabilities": ("commercial", "TECHNICAL")})
    asked = case(capabilities=one(("Commercial", "Technical")))
    found = list(partner_fit(_with_partner(asked, able)))
    exhibit = Exhibit(record=NORD.id, field="capabilities", value="commercial; TECHNICAL")
    assert found == [said("partner_fit", Effect.PASS, Phrase.PARTNER_FITS, exhibit)]


@pytest.mark.parametrize(
    ("lacking", "effect"), [(Then.FLAG, Effect.NOTE), (Then.REVIEW, Effect.ASK), (Then.HOLD, Effect.REFUSE)]
)
def test_what_a_partner_lacks_is_named(lacking: Then, effect: Effect) -> None:
    able = NORD.model_copy(update={"capabilities": ("Retail", "Commercial")})
    asked = case(capabilities=one(("Commercial", "Technical", "Legal")), lacking=lacking)
    exhibit = Exhibit(record=NORD.id, field="capabilities", value="Retail; Commercial")
    fields = "capability.technical, capability.legal"
    told = said("partner_fit", effect, Phrase.PARTNER_LACKS, exhibit, fields=fields)
    assert list(partner_fit(_with_partner(asked, able))) == [told]


def test_what_a_partner_lacks_may_be_ignored() -> None:
    asked = case(capabilities=one(("Technical",)), lacking=Then.IGNORE)
    assert [each.message for each in partner_fit(asked)] == [Phrase.PARTNER_FITS]


@pytest.mark.parametrize(
    ("must", "effect"),
    [
        (Requirement.REQUIRED, Effect.ASK),
        (Requirement.REVIEW, Effect.ASK),
        (Requirement.NOTE, Effect.NOTE),
        (Requirement.IGNORED, None),
    ],
)
def test_a_partner_outside_its_territory_is_told_by_the_policys_weight(
    must: Requirement, effect: Effect | None
) -> None:
    abroad = NORD.model_copy(update={"territory": ("France", "Spain")})
    found = list(partner_fit(_with_partner(case(territory=must), abroad)))
    exhibit = Exhibit(record=NORD.id, field="territory", value="France; Spain")
    told = said("partner_fit", effect or Effect.NOTE, Phrase.WRONG_TERRITORY, exhibit, country="Germany")
    assert [each for each in found if each.message != Phrase.PARTNER_FITS] == ([told] if effect else [])


def test_a_territory_is_compared_however_it_is_spelt_and_a_lack_of_either_is_for_a_person() -> None:
    must = Requirement.NOTE
    here = NORD.model_copy(update={"territory": ("GERMANY",)})
    assert [each.message for each in partner_fit(_with_partner(case(territory=must), here))] == [
        Phrase.PARTNER_FITS
    ]
    nowhere = CITY.model_copy(update={"identity": CITY.identity.model_copy(update={"country": ""})})
    unplaced = NORD.model_copy(update={"territory": ()})
    for asked, value in (
        (case(territory=must, city=nowhere), "Germany"),
        (_with_partner(case(territory=must), unplaced), ""),
        (case(staged(customer=None), territory=must), "Germany"),
    ):
        exhibit = Exhibit(record=NORD.id, field="territory", value=value)
        told = said("partner_fit", Effect.ASK, Phrase.UNKNOWN_TERRITORY, exhibit)
        assert list(partner_fit(asked)) == [told]


def _with_partner(of: DealCase, partner: Partner) -> DealCase:
    return replace(of, partner=partner)


def credited(to: RecordId, through: RecordId) -> CreditEntry:
    return CreditEntry(record=staged().id, firm=to, since=START, through=through)


def registered(of: RecordId, state: RegistrationState = RegistrationState.APPROVED) -> RegistrationEntry:
    return RegistrationEntry(
        registration=FILED, firm=of, opportunity=staged().id, state=state, filed=at(START)
    )


LEAD = ident("00Q", 1)
KNOWN = StageEntry(deal=staged().id, agents=(SUED.id, NORD.id))


@pytest.mark.parametrize(
    ("sourcing", "entry", "docket", "stakes"),
    [
        (None, None, (), {}),
        (None, KNOWN, (), {SUED.id: SUED.id}),
        (OST.id, None, (), {OST.id: OST.id}),
        (NORD.id, None, (), {}),
        (None, None, (credited(OST.id, LEAD),), {OST.id: LEAD}),
        (None, None, (credited(OST.id, staged().id),), {OST.id: OST.id}),
        (WEST.id, None, (credited(OST.id, LEAD),), {OST.id: LEAD}),
        (None, None, (credited(NORD.id, LEAD),), {}),
        (None, None, (registered(WEST.id),), {WEST.id: FILED}),
        (None, None, (registered(NORD.id),), {}),
        (None, None, (registered(WEST.id, RegistrationState.IN_REVIEW),), {}),
        (
            None,
            KNOWN,
            (credited(OST.id, LEAD), registered(WEST.id)),
            {SUED.id: SUED.id, OST.id: LEAD, WEST.id: FILED},
        ),
    ],
)
def test_another_partner_has_a_stake_that_was_engaged_brought_the_deal_or_has_it_protected(
    sourcing: RecordId | None,
    entry: StageEntry | None,
    docket: tuple[Entry, ...],
    stakes: dict[RecordId, RecordId],
) -> None:
    found = list(partner_conflict(case(staged(sourcing_partner=sourcing), entry=entry, docket=docket)))
    assert found == [
        said(
            "partner_conflict",
            Effect.ASK,
            Phrase.PARTNER_CONFLICT,
            Exhibit(record=record, field="partner", value=other),
        )
        for other, record in stakes.items()
    ]


def test_another_partner_may_be_ignored() -> None:
    assert list(partner_conflict(case(entry=KNOWN, another_partner=Then.IGNORE))) == []


def conflict(kind: str, other: RecordId, state: ConflictState) -> ConflictEntry:
    return ConflictEntry(
        kind=kind,
        left=other,
        right=staged().id,
        left_kind=Kind.PARTNER,
        right_kind=Kind.OPPORTUNITY,
        opened_at=after(days=-1),
        state=state,
    )


@pytest.mark.parametrize("state", ConflictState)
def test_what_the_desk_has_closed_is_settled_and_what_is_open_is_opened_once(state: ConflictState) -> None:
    known = conflict("partner_partner", SUED.id, state)
    asked = case(entry=KNOWN, docket=(known,))
    found = tuple(partner_conflict(asked))
    assert bool(found) is known.open
    assert list(conflicts(asked, found)) == []


def test_a_partner_that_has_a_stake_opens_a_conflict_between_the_deal_and_what_says_so() -> None:
    asked = case(entry=KNOWN, docket=(registered(WEST.id),))
    by_firm, by_filing = conflicts(asked, tuple(partner_conflict(asked)))
    evidence = "another partner has a stake in the deal"
    assert by_firm == ConflictEntry(
        kind="partner_partner",
        left=SUED.id,
        right=staged().id,
        left_kind=Kind.PARTNER,
        right_kind=Kind.OPPORTUNITY,
        opened_at=START,
        evidence=evidence,
    )
    assert (by_filing.right, by_filing.right_kind, by_filing.evidence) == (
        FILED,
        Kind.REGISTRATION,
        evidence,
    )


def won(number: int = 2, days: float = -100, **given: Any) -> Opportunity:
    on = after(days=days).date()
    base = {"won": True, "closed": True, "agent": SUED.id, "close_by": on}
    return deal(number, REP, CITY, **(base | given))


YEAR = Renewals(look_back=Every(months=12))
EDGE = date(2025, 3, 2)


def renewal(*earlier: Opportunity, terms: Renewals = YEAR, **given: Any) -> list[Finding]:
    docket = given.pop("docket", ())
    return list(
        incumbency(case(staged(**({"track": "renewal"} | given)), *earlier, renewals=terms, docket=docket))
    )


@pytest.mark.parametrize(
    ("earlier", "counts"),
    [
        (won(close_by=EDGE), True),
        (won(close_by=date(2025, 3, 1)), False),
        (won(close_by=START.date()), True),
        (won(close_by=date(2026, 3, 3)), False),
        (won(won=False), False),
        (won(customer=None), False),
    ],
)
def test_the_incumbent_won_the_last_deal_of_the_customer_inside_the_look_back(
    earlier: Opportunity, *, counts: bool
) -> None:
    assert [each.message for each in renewal(earlier)] == ([Phrase.INCUMBENT_PASSED_OVER] if counts else [])


def test_the_last_won_deal_names_the_incumbent_and_of_one_day_the_later_record() -> None:
    shown = Exhibit(record=ident("006", 4), field="incumbent", value=WEST.id)
    told = said("incumbency", Effect.ASK, Phrase.INCUMBENT_PASSED_OVER, shown, since="2026-02-01")
    day = date(2026, 2, 1)
    found = renewal(
        won(4, close_by=day, agent=WEST.id), won(3, close_by=day, agent=OST.id), won(2, days=-200)
    )
    assert found == [told]


@pytest.mark.parametrize(
    ("given", "firm_id"),
    [
        ({"agent": SUED.id, "partner": OST.id, "sourcing_partner": WEST.id}, SUED.id),
        ({"agent": None, "partner": OST.id, "sourcing_partner": WEST.id}, OST.id),
        ({"agent": None, "partner": None, "sourcing_partner": WEST.id}, WEST.id),
    ],
)
def test_whoever_was_engaged_is_the_incumbent_before_who_owned_and_who_brought_the_deal(
    given: dict[str, Any], firm_id: RecordId
) -> None:
    (found,) = renewal(won(**given))
    assert found.exhibits[0].value == firm_id


def test_a_deal_that_no_partner_won_has_no_incumbent() -> None:
    assert renewal(won(agent=None)) == []


def test_the_incumbent_is_suggested_kept_or_passed_over() -> None:
    shown = Exhibit(record=won().id, field="incumbent", value=SUED.id)
    since = "2025-11-22"
    assert renewal(won(), agent=None) == [
        said("incumbency", Effect.NOTE, Phrase.INCUMBENT_SUGGESTED, shown, since=since)
    ]
    assert renewal(won(), agent=SUED.id) == [
        said("incumbency", Effect.PASS, Phrase.INCUMBENT_KEPT, shown)
    ]  # fmt: skip
    assert renewal(won()) == [
        said("incumbency", Effect.ASK, Phrase.INCUMBENT_PASSED_OVER, shown, since=since)
    ]


def test_who_is_passed_over_weighs_as_the_policy_says_until_the_desk_has_settled_it() -> None:
    flagged = Renewals(look_back=Every(months=12), another_partner=Then.FLAG)
    assert [each.effect for each in renewal(won(), terms=flagged)] == [Effect.NOTE]
    ignored = Renewals(look_back=Every(months=12), another_partner=Then.IGNORE)
    assert renewal(won(), terms=ignored) == []
    for state in ConflictState:
        known = conflict("renewal", won().id, state)
        assert bool(renewal(won(), docket=(known,))) is known.open


@pytest.mark.parametrize(
    "given", [{"track": "new"}, {"track": ""}, {"customer": None}, {"terms": Renewals()}], ids=str
)
def test_there_is_no_incumbent_but_of_a_renewal_for_a_customer_inside_a_look_back(
    given: dict[str, Any],
) -> None:
    assert renewal(won(), **given) == []


def test_the_incumbent_of_a_renewal_enters_at_any_stage() -> None:
    early = staged(stage=Decimal(1), track="renewal", agent=SUED.id)
    terms: dict[str, Any] = {"from_stage": Decimal(2), "renewals": YEAR}
    assert list(partner_entry(case(early, won(), **terms))) == []
    assert list(partner_entry(case(early.model_copy(update={"agent": NORD.id}), won(), **terms)))


def test_a_passed_over_incumbent_opens_a_conflict_with_the_deal_it_won() -> None:
    asked = case(staged(track="renewal"), won(), renewals=YEAR)
    (opened,) = conflicts(asked, tuple(incumbency(asked)))
    assert (opened.kind, opened.left, opened.right) == ("renewal", staged().id, won().id)
    assert (opened.right_kind, opened.evidence) == (Kind.OPPORTUNITY, "the renewal of a won deal")


def test_a_won_deal_closed_on_its_close_date_and_without_one_on_the_day_of_its_last_stage() -> None:
    late = after(days=-3, hours=14.5)  # 23:30 in UTC: the next day where the programme has its office
    assert closed_on(won(close_by=EDGE, stage_since=late), case()) == EDGE
    assert closed_on(won(close_by=None, stage_since=late, changed_at=START), case()) == date(2026, 2, 28)
    assert closed_on(won(close_by=None), case()) == won().changed_at.date()
