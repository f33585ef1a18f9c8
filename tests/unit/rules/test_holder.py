"""R3.6, R3.7: who of several had the lead first by the org's clock, and what is nobody's to decide by rule."""

from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Effect
from connector.policy.duration import Duration
from connector.rules.case import ClaimCase
from connector.rules.holder import Place, cooldown, first_holder, placed
from tests.support.builders import START, after, lead, pool, seller
from tests.support.channel import claims_policy
from tests.unit.rules.cases import ANNA, CARLA, NORD, acted, world

LEAD = lead(1, ANNA)
BERND, MIA = seller(5, NORD), seller(8)


def claim(by: Any, seconds: float = 0, **given: Any) -> ClaimEntry:
    return ClaimEntry(
        lead=LEAD.id, holder=by.id, firm=by.firm, opened=at(after(seconds=seconds)), pool=pool(1).id, **given
    )


def case(*others: ClaimEntry, mine: ClaimEntry | None = None, terms: Any = None, **given: Any) -> ClaimCase:
    """Anna's claim at the start of the story."""
    entry = mine or claim(ANNA)
    fact = acted(FactKind.CLAIMED, Kind.LEAD, LEAD.id, **({"value": ANNA.id, "actor": ANNA.id} | given))
    policy = claims_policy(**(terms or {}))
    assert policy.claims is not None
    return ClaimCase(
        fact=fact, world=world(BERND, MIA, LEAD, docket=(entry, *others), fact=fact), policy=policy, partner=NORD,
        person=ANNA, circumstances={}, lead=LEAD, entry=entry, terms=policy.claims,
    )  # fmt: skip


FIRST = (Effect.PASS, Phrase.CLAIM_FIRST, False)


@pytest.mark.parametrize(
    ("other", "given", "found"),
    [
        (claim(CARLA, -60), {}, [(Effect.REFUSE, Phrase.CLAIM_ALREADY_HELD, False), FIRST]),
        (claim(CARLA, -60), {"actor": None}, [(Effect.ASK, Phrase.CLAIM_ALREADY_HELD, False), FIRST]),
        (claim(CARLA, -60), {"actor": MIA.id}, [FIRST]),  # our own people may pass a lead on
        (claim(CARLA), {}, [(Effect.ASK, Phrase.CLAIM_SAME_SECOND, False), FIRST]),
        (claim(CARLA, 60), {}, [FIRST]),  # it will see us
        (claim(CARLA, 60), {"late": True}, [(Effect.ASK, Phrase.CLAIM_SAME_SECOND, True), FIRST]),  # law 7
        (claim(BERND, -60), {}, [FIRST]),  # inside a firm a lead may be handed on
        (claim(CARLA, -60, state=ClaimState.RELEASED), {}, [FIRST]),
    ],
)
def test_exactly_one_holds_a_lead_the_first_by_the_orgs_clock(
    other: ClaimEntry, given: dict[str, Any], found: list[Any]
) -> None:
    answers = list(first_holder(case(other, **given)))
    assert [(each.effect, each.message, each.desk) for each in answers] == found
    for each in answers[:-1]:
        (shown,) = each.exhibits
        assert (shown.record, shown.field) == (LEAD.id, "held_since")
        assert shown.value == instant_text(other.opened.latest)


@pytest.mark.parametrize(
    ("seconds", "theirs", "ours", "adopted", "steps", "place"),
    [
        (-1, None, None, False, (1, 1), Place.BEFORE),
        (1, None, None, False, (1, 1), Place.AFTER),
        (1, None, None, False, (1, 2), Place.AFTER),  # of two seconds, no step tells anything
        (0, None, None, False, (1, 1), Place.TOGETHER),
        (0, None, CARLA.id, False, (1, 1), Place.BEFORE),  # ours was taken from theirs
        (0, ANNA.id, None, False, (1, 1), Place.AFTER),
        (0, ANNA.id, CARLA.id, False, (1, 1), Place.TOGETHER),  # a circle tells nothing …
        (0, ANNA.id, CARLA.id, False, (1, 2), Place.BEFORE),  # … unless the org's own steps do
        (0, ANNA.id, CARLA.id, False, (2, 1), Place.AFTER),
        (0, ANNA.id, CARLA.id, False, (2, 2), Place.TOGETHER),
        (0, None, None, True, (1, 1), Place.BEFORE),  # there at go-live
        (
            0,
            ANNA.id,
            None,
            False,
            (1, 2),
            Place.BEFORE,
        ),  # given back and taken anew after they had it from us
    ],
)
def test_inside_one_second_claims_chain_by_step_and_by_whom_each_was_taken_from(
    seconds: float,
    theirs: RecordId | None,
    ours: RecordId | None,
    *,
    adopted: bool,
    steps: tuple[int, int],
    place: Place,
) -> None:
    other = claim(CARLA, seconds, taken_from=theirs, adopted=adopted, step=steps[0])
    assert placed(other, claim(ANNA, taken_from=ours, step=steps[1])) is place


def test_the_steps_of_one_lead_say_nothing_of_another() -> None:
    elsewhere = claim(CARLA).model_copy(update={"lead": lead(2, CARLA).id})
    assert placed(elsewhere, claim(ANNA, step=2)) is Place.TOGETHER


def gave_up(days: float, by: Any = ANNA, state: ClaimState = ClaimState.RELEASED) -> ClaimEntry:
    """A claim that ended so many days ago."""
    return claim(by, -40 * 86_400, state=state, closed_at=after(days=-days))


@pytest.mark.parametrize(
    ("others", "until"),
    [
        ((gave_up(9),), after(days=1)),
        ((gave_up(10),), None),  # the wait is over in this second
        ((gave_up(9, state=ClaimState.RECYCLED),), after(days=1)),
        ((gave_up(9, state=ClaimState.TRANSFERRED),), None),
        ((gave_up(9, CARLA),), None),
        ((gave_up(9), gave_up(2, BERND)), after(days=8)),  # the newest end of the whole firm
        ((gave_up(-1),), None),  # after this act
        ((gave_up(0),), after(days=10)),
    ],
)
def test_a_firm_waits_before_it_takes_again_what_it_gave_back(
    others: tuple[ClaimEntry, ...], until: Any
) -> None:
    wait = {"reclaim_after": Duration.model_validate(after(days=10) - START)}
    found = list(cooldown(case(*others, terms=wait)))
    assert [(each.effect, each.message, each.params) for each in found] == (
        [(Effect.REFUSE, Phrase.CLAIM_COOLDOWN, {"until": instant_text(until)})] if until else []
    )
    assert list(cooldown(case(*others, terms={"reclaim_after": None}))) == []
