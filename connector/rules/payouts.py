"""A benefit's life: promised at approval, earned when the deal closes won, paid, frozen, released (R0.4, R0.14).

Nothing is earned at approval. Support and the price advantage hold while the deal is protected and end with it.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from connector.canonical.accounts import BenefitEntry, BenefitKind, BenefitState, DealEntry, DealState
from connector.canonical.docket import CreditEntry, DeadlineEntry, RegistrationEntry, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import Policy
from connector.rules import benefits, claw_back, payable
from connector.rules.booking import Booked, Booking
from connector.rules.case import finding
from connector.rules.duties import of_a_partner
from connector.rules.rule import rule

State = BenefitState

_PROMISED = frozenset({State.RESERVED, State.WAITING, State.WITHHELD})
_DUE = frozenset({State.EARNED})
_ENDS = {
    RegistrationState.LAPSED: _PROMISED,
    RegistrationState.LOST: _PROMISED,
    RegistrationState.WITHDRAWN: _PROMISED,
    RegistrationState.REJECTED: _PROMISED | _DUE,
    RegistrationState.VOIDED: _PROMISED | _DUE,
}
_YES = ("approve", "accept")


def kept(booking: Booking) -> Booked:
    """Every benefit that one decision moves."""
    life = _Life(booking)
    life.registrations()
    life.credits()
    life.deals()
    life.persons_word()
    return Booked(entries=[*life.moved.values(), *life.falls_due()], findings=life.findings)


@rule("payout", "R0.8", "R0.14")
def earned(before: BenefitEntry, after: BenefitEntry) -> Iterator[Finding]:
    """R0.14: earned now, not at approval; R0.8: with the figures it was worked out from."""
    if after.kind.money and effective(before) is not State.EARNED:
        figures = (
            Exhibit(record=after.registration, field=after.kind, value=str(after.amount or "")),
            Exhibit(
                record=after.opportunity or after.registration, field="amount", value=str(after.base or "")
            ),
        )
        yield finding("payout", Effect.PASS, Phrase.PAYOUT_EARNED, *figures)


@rule("payout_frozen", "R0.15")
def frozen(credit: CreditEntry, entry: BenefitEntry) -> Iterator[Finding]:
    """R0.15: whose deal it was is under review: nothing is paid until a person resolves."""
    exhibit = Exhibit(record=credit.record, field=entry.kind, value=str(entry.amount or ""))
    yield finding("payout_frozen", Effect.PASS, Phrase.PAYOUT_FROZEN, exhibit, desk=True)


def policy_of(booking: Booking, label: str) -> Policy:
    """The version under which a benefit was promised; terms are pinned (law 18)."""
    versions = booking.policies.versions
    return next((each for each in versions if each.label == label and each.registrations), booking.policy)


def effective(entry: BenefitEntry) -> BenefitState:
    """The state behind a freeze."""
    return entry.before if entry.state is State.FROZEN and entry.before else entry.state


def to(entry: BenefitEntry, state: BenefitState, **given: object) -> BenefitEntry:
    """The benefit in another state; a frozen one stays frozen, and takes that state once it is free again."""
    place = "before" if entry.state is State.FROZEN else "state"
    return entry.model_copy(update={place: state, **given})


class _Life:
    """The benefits that one decision touches, each as the last step left it."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking
        self.findings: list[Finding] = []
        self.moved: dict[str, BenefitEntry] = {entry.key: entry for _, entry in booking.moved(BenefitEntry)}

    def registrations(self) -> None:
        """A registration that protects no more releases its benefits, and those that it withheld from others."""
        for before, after in self.booking.moved(RegistrationEntry):
            for entry in self._of(f"registration:{after.registration}"):
                if entry.opportunity != after.opportunity and after.opportunity is not None:
                    self._put(entry.model_copy(update={"opportunity": after.opportunity}))
            if before is not None and before.share != after.share and before.share:
                self._divided(after.registration, after.share / before.share)
            if before is not None and before.state is RegistrationState.WON and after.state.protects:
                self._supported_again(after.registration)
            ended = before is not None and before.state.protects and not after.state.protects
            for entry in self._of(f"registration:{after.registration}") if ended else ():
                support_ends = after.state is RegistrationState.WON and entry.kind is BenefitKind.PRESALES
                if support_ends or effective(entry) in _ENDS.get(after.state, frozenset()):
                    self._put(to(entry, State.RELEASED))
            over = before is not None and before.stands and not after.stands
            for entry in self._of(f"held_back_by:{after.registration}") if over else ():
                other = self.booking.docket.get(RegistrationEntry, entry.registration)
                free = other is not None and other.state.protects
                freed = State.RESERVED if free else State.RELEASED
                self._put(entry.model_copy(update={"state": freed, "held_back_by": None}))

    def _supported_again(self, registration: RecordId) -> None:
        """The deal is open again, and support, which ended with it, holds once more."""
        for entry in self._of(f"registration:{registration}"):
            if entry.kind is BenefitKind.PRESALES and entry.state is State.RELEASED:
                self._put(entry.model_copy(update={"state": State.RESERVED}))

    def _divided(self, registration: RecordId, by: Decimal) -> None:
        """Another filing shares the deal now: what is promised but not earned is divided."""
        for entry in self._of(f"registration:{registration}"):
            if entry.kind is not BenefitKind.PRESALES and effective(entry) in _PROMISED:
                figures = {
                    "rate": entry.rate * by if entry.rate is not None else None,
                    "by_line": benefits.divided(entry.by_line, by),
                    "at_most": benefits.part(entry.at_most, by),
                    "amount": benefits.part(entry.amount, by),
                    "counted": benefits.part(entry.counted, by),
                }
                self._put(entry.model_copy(update=figures))

    def credits(self) -> None:
        """R0.15: a frozen credit freezes what is owed for it; a person's resolution sets it free."""
        for before, after in self.booking.moved(CreditEntry):
            if (before.frozen if before else False) == after.frozen:
                continue
            places = (f"opportunity:{after.record}", f"registration:{after.through}")
            found = {entry.key: entry for place in places for entry in self._of(place)}
            through = self.booking.docket.get(RegistrationEntry, after.through)
            if (
                through is not None and through.goes_on
            ):  # what it has earned of its own deal is another matter
                found = {key: entry for key, entry in found.items() if entry.opportunity == after.record}
            for entry in found.values():
                if not entry.kind.money or entry.state in (State.PAID, State.CLAWED_BACK):
                    continue
                if after.frozen and entry.state is not State.FROZEN:
                    said = list(frozen(after, entry))
                    self.findings += said
                    if said:
                        self._put(entry.model_copy(update={"state": State.FROZEN, "before": entry.state}))
                elif not after.frozen and entry.state is State.FROZEN:
                    self._put(
                        entry.model_copy(update={"state": entry.before or State.RELEASED, "before": None})
                    )

    def deals(self) -> None:
        """R0.14: earned when the deal closes won (or the customer has paid), taken back when it opens again."""
        for before, after in self.booking.moved(DealEntry):
            for entry in self._of(f"opportunity:{after.record}"):
                self._with_deal(before, after, entry)

    def _with_deal(self, before: DealEntry | None, line: DealEntry, entry: BenefitEntry) -> None:
        state = self._before_it_was_gone(before, line, entry)
        if line.state is DealState.WON:
            if state in (State.RESERVED, State.EARNED) and self._may_earn(entry, line):
                self._earn(entry, self._earned(entry, line))
            elif state in (State.PAID, State.CLAWED_BACK):
                self._paid_on(entry, line)
        elif state is State.PAID:
            self._taken_back(entry, line)
        elif state is State.EARNED and before is not None and before.state is DealState.WON:
            back = State.RESERVED if line.state is DealState.REOPENED else State.RELEASED
            self._put(to(entry, back, earned_at=None, payable_from=None))
        elif state is State.RESERVED and line.state in (DealState.LOST, DealState.GONE):
            self._put(to(entry, State.RELEASED))

    def _paid_on(self, entry: BenefitEntry, line: DealEntry) -> None:
        """The deal of a payout is won with another amount; or it is won after all, and a person decides."""
        fresh, deal = self._earned(entry, line), line.record
        if entry.state is State.CLAWED_BACK:
            again = list(claw_back.claw_back(deal, fresh, None, None))
            self.findings += again
            if again:
                self._put(fresh.model_copy(update={"state": State.WAITING, "paid_at": None}))
        elif claw_back.within(policy_of(self.booking, entry.policy), entry, self.booking.fact.instant):
            self._collected(claw_back.difference(deal, entry, fresh))

    def _taken_back(self, entry: BenefitEntry, line: DealEntry) -> None:
        """The deal of a payout was lost, or deleted; one that another record goes on with was not."""
        gone = line.state is DealState.GONE and line.moved_to is None
        if not gone and line.state is not DealState.LOST:
            return
        if claw_back.within(policy_of(self.booking, entry.policy), entry, self.booking.fact.instant):
            self._collected(claw_back.whole(line.record, entry))

    def _collected(self, taken: Iterable[tuple[Finding, BenefitEntry]]) -> None:
        for found, entry in taken:
            self.findings.append(found)
            self._put(entry)

    def _before_it_was_gone(self, before: DealEntry | None, line: DealEntry, entry: BenefitEntry) -> State:
        """The deal's record came back: what its deletion released is promised again, as far as the deal still earns."""
        state = effective(entry)
        back = before is not None and before.state is DealState.GONE and line.state is not DealState.GONE
        filing = self.booking.docket.get(RegistrationEntry, entry.registration) if back else None
        ends = entry.kind is BenefitKind.PRESALES and line.state is DealState.WON
        if state is not State.RELEASED or filing is None or ends:
            return state
        if filing.state.protects:
            self._put(to(entry, State.RESERVED))
        return State.RESERVED if filing.state.protects or filing.state is RegistrationState.WON else state

    def _earn(self, before: BenefitEntry, after: BenefitEntry) -> None:
        said = list(earned(before, after))
        self.findings += said
        if said or not after.kind.money or effective(before) is State.EARNED:
            self._put(after)
            self.findings += payable.said(policy_of(self.booking, after.policy), before, after)

    def _may_earn(self, entry: BenefitEntry, line: DealEntry) -> bool:
        registration = self.booking.docket.get(RegistrationEntry, entry.registration)
        won = registration is not None and registration.state is RegistrationState.WON
        terms = policy_of(self.booking, entry.policy).registrations
        budget = terms.rebate_budget if terms else None
        if budget is not None and budget.earned == "paid" and entry.kind.money:
            deal = self._deal(line.record)
            if deal is None or deal.paid_on is None:
                return False
        return won or entry.state is State.FROZEN

    def _earned(self, entry: BenefitEntry, line: DealEntry) -> BenefitEntry:
        """R0.8: the rate stays as promised; what it is taken of is the closed deal."""
        moment = entry.earned_at or self.booking.fact.instant
        base = line.amount if entry.counts == 1 else benefits.part(line.amount, entry.counts)
        policy = policy_of(self.booking, entry.policy)
        if payable.waits(policy, entry):
            deal = self._deal(line.record)
            start = payable.payable_from(policy, moment, deal.paid_on if deal else None)
            entry = entry.model_copy(update={"payable_from": start})
        if entry.rate is None or base is None or entry.base == base:
            return to(entry, State.EARNED, earned_at=moment)
        amount = benefits.no_more(benefits.part(base, entry.rate), entry.at_most)
        counted = entry.counted
        if policy.registrations is not None and entry.kind.money:
            day = date.fromisoformat(entry.day)
            counted = benefits.counted(policy.registrations, amount, policy.rates, day)
        figures = {"base": base, "amount": amount, "counted": counted}
        return to(entry, State.EARNED, earned_at=moment, **figures)

    def persons_word(self) -> None:
        """A person ruled on a benefit that waits, or recorded a payout. A partner user's word is neither."""
        fact = self.booking.fact
        ours = not of_a_partner(self.booking.world.person(fact.actor))
        if fact.kind not in (FactKind.BENEFIT_REVIEWED, FactKind.PAID_OUT) or not ours:
            return
        for entry in self._of(f"registration:{fact.record}"):
            if fact.kind is FactKind.PAID_OUT:
                if entry.state is State.EARNED and entry.kind.money:
                    terms = policy_of(self.booking, entry.policy)
                    self.findings += payable.early(terms, entry, fact.instant)
                    self._put(entry.model_copy(update={"state": State.PAID, "paid_at": fact.instant}))
            elif effective(entry) is State.WAITING:
                yes = fact.value.strip().casefold().startswith(_YES)
                granted = State.EARNED if entry.earned_at else State.RESERVED
                self._put(to(entry, granted if yes else State.REFUSED))

    def falls_due(self) -> Iterator[DeadlineEntry]:
        """From when the next of what was earned may be paid; and what may be from now on."""
        fact = self.booking.fact
        if fact.kind is FactKind.TICK and fact.subject is Kind.REGISTRATION:
            self.findings += payable.came(self.booking, self._of(f"registration:{fact.record}"))
        touched = {entry.registration for entry in self.moved.values()}
        if fact.kind is FactKind.TICK and fact.value == payable.DUE:
            touched.add(fact.record)
        for registration in sorted(touched):
            yield from payable.deadline(self.booking, registration, self._of(f"registration:{registration}"))

    def _deal(self, record: RecordId) -> Opportunity | None:
        return self.booking.world.opportunity(record)

    def _of(self, index: str) -> Iterator[BenefitEntry]:
        for entry in self.booking.docket.find(BenefitEntry, index, open_only=False):
            found = self.moved.get(entry.key, entry)
            if index in found.indexes:
                yield found

    def _put(self, entry: BenefitEntry) -> None:
        if self.booking.docket.get(BenefitEntry, entry.key) != entry:
            self.moved[entry.key] = entry
