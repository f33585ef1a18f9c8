# ruff: noqa: T201 - it prints its report
"""Laws 6, 7, 10 and 18 under random policies, against a naive second opinion, over many random histories.

python -m tests.laws.campaign [--histories 1000] [--seed 1]

Every history is played under a policy file of its own: quotas by tier, per person or none, ties left to a person or
not, a duty to work or none, a cooldown or none; for filings, how near is too near to tell. Facts arrive in any order,
some twice, in batches; in some histories a few come only after later ones were sealed.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from connector.canonical.docket import ClaimEntry, Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import OrgId, record_id
from connector.canonical.kind import Kind
from connector.canonical.records import Lead
from connector.policy import load_policy
from connector.policy.model import Policy
from connector.ports.store import LedgerProof
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket
from connector.store import SqlStore, open_store
from tests.support import filing_histories as papers
from tests.support.builders import START
from tests.support.channel import MAPPINGS, Channel
from tests.support.histories import END, LEADS, USERS, Act, Cast, told, unique
from tests.support.oracle import Claims, Paper, chain_faults, first_complete
from tests.support.settling import Settling, entries_of, standing

ORG = OrgId(record_id("00D000000000007"))
TIERS = ("Gold", "Silver", "Silver", "Bronze")
_SHIPPED = ("quota", "quota_per_person", "quota_of", "same_second", "worked_lead", "release")
Dice = random.Random


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A random claims policy, as its file says it and as the oracle is told it."""

    by_tier: dict[str, int | None]
    own: int | None
    person: bool
    only_unworked: bool
    work_within: timedelta | None
    reclaim_after: timedelta | None

    def policy(self) -> Policy:
        text = (MAPPINGS / "partner_leads" / "policy.yaml").read_text("utf-8")
        kept, dropping = [], False
        for line in text.splitlines():
            if line[:1].strip() and not line.startswith("#"):
                dropping = line.partition(":")[0] in _SHIPPED
            if not dropping:
                kept.append(line)
        policy, faults = load_policy("\n".join([*kept, *self._lines()]) + "\n", "random")
        assert policy is not None, faults
        assert policy.claims is not None
        spans = {"work_within": self.work_within, "reclaim_after": self.reclaim_after, "remind": ()}
        return policy.model_copy(update={"claims": policy.claims.model_copy(update=spans)})

    def _lines(self) -> list[str]:
        rows = [f"  - {{when: 'tier == \"{tier}\"', is: {cap}}}" for tier, cap in self.by_tier.items() if cap]
        lines = ["quota:", *rows] if rows else []
        lines += [f"quota_per_person: [{{is: {self.own}}}]"] if self.own else []
        lines.append(f"same_second: {'person' if self.person else 'nobody'}")
        lines += ["quota_of: unworked"] if self.only_unworked else []
        return lines


def random_terms(dice: Dice) -> Terms:
    def some(*values: int) -> int | None:
        return dice.choice((None, *values))

    work, wait = some(20, 40, 90), some(5, 15, 40)
    return Terms(
        by_tier={tier: some(1, 1, 2, 3) for tier in dict.fromkeys(TIERS)},
        own=some(1, 2),
        person=dice.random() < 0.5,
        only_unworked=dice.random() < 0.4,
        work_within=timedelta(seconds=work) if work else None,
        reclaim_after=timedelta(seconds=wait) if wait else None,
    )


def random_acts(dice: Dice) -> list[Act]:
    """A merge, if any, comes last: the oracle knows a survivor's owner only in the end."""
    what = ["claim"] * 8 + ["release", "pass", "work", "work", "take_back", "convert"]
    acts = [
        Act(
            dice.choice((dice.randint(0, 6), dice.randint(0, 6), dice.randint(0, 60))),
            dice.choice(what),
            dice.randrange(LEADS),
            dice.randrange(USERS),
        )
        for _ in range(dice.randint(4, 22))
    ]
    if dice.random() < 0.4:
        acts.append(Act(61, "merge", dice.randrange(LEADS), 0, dice.randrange(LEADS)))
    return acts


def one(dice: Dice, store: SqlStore) -> set[str]:
    """Play and check one history; the shapes it had. Raises AssertionError where a law is broken."""
    return _claims(dice, store) if dice.random() < 0.7 else _filings(dice, store)


def _claims(dice: Dice, store: SqlStore) -> set[str]:
    terms, acts = random_terms(dice), random_acts(dice)
    story, cast = told(acts, terms, tiers=TIERS)
    facts = unique(story.facts)
    late = _late(dice, facts)
    on_time = [fact for fact in facts if fact not in late]
    settling = _settled(dice, story, on_time, late)
    second = _oracle(story, cast, terms).judge(on_time, END)
    _same_claims(settling, second, cast, _rivals(facts, late))
    _within_quota(terms, cast, settling)
    _recorded(dice, store, settling.sealed)
    return _shapes("claims", facts, late)


def _late(dice: Dice, facts: Sequence[Fact]) -> list[Fact]:
    """Sometimes a few claims are seen only after all the rest was judged for good."""
    claims = [fact for fact in facts if fact.kind is FactKind.CLAIMED]
    return dice.sample(claims, min(len(claims), dice.randint(1, 2))) if dice.random() < 0.4 else []


def _settled(dice: Dice, story: Channel, on_time: Sequence[Fact], late: Sequence[Fact]) -> Settling:
    """Law 6: in any order, some twice, looked at in between, in batches; law 7: and what came too late."""
    settling = Settling(story)
    waiting = list(on_time)
    for second in sorted(dice.randint(1, 90) for _ in range(dice.randint(0, 5))):
        horizon = START + timedelta(seconds=second)
        due = [fact for fact in waiting if fact.instant < horizon]
        early = [fact for fact in waiting if fact.instant >= horizon and dice.random() < 0.3]
        again = [fact for fact in on_time if fact not in waiting and dice.random() < 0.2]
        arriving = due + early + again
        dice.shuffle(arriving)
        settling.arrive(arriving)
        if dice.random() < 0.3:
            settling.look()
        waiting = [fact for fact in waiting if fact not in arriving]
        settling.seal(horizon, batch=dice.randint(1, 5))
    settling.arrive(waiting)
    settling.seal(END + timedelta(seconds=1))
    before = settling.ledger()
    settling.arrive(late)
    settling.seal(END + timedelta(seconds=2))
    assert settling.ledger()[: len(before)] == before, "a late fact changed what was sealed"
    return settling


def _oracle(story: Channel, cast: Cast, terms: Terms) -> Claims:
    newest = {each.id: story.records.newest(Kind.LEAD, each.id) for each in cast.leads}
    firms: dict[str, str] = {user.id: user.firm or "" for user in cast.users}
    tiers = {firm: TIERS[n % len(TIERS)] for n, firm in enumerate(dict.fromkeys(firms.values()))}
    return Claims(
        firms=firms,
        quota={firm: terms.by_tier[tier] for firm, tier in tiers.items()},
        own_quota=terms.own,
        only_unworked=terms.only_unworked,
        person_breaks_ties=terms.person,
        work_within=terms.work_within,
        reclaim_after=terms.reclaim_after,
        owners={key: lead.owner or "" for key, lead in newest.items() if isinstance(lead, Lead)},
    )


def _rivals(facts: Sequence[Fact], late: Sequence[Fact]) -> set[str]:
    """The leads that a late fact is about, and those that it came to be one with."""
    touched: set[str] = {fact.record for fact in late}
    for fact in facts:
        if fact.kind is FactKind.MERGED and touched & {fact.record, fact.value}:
            touched |= {fact.record, fact.value}
    return touched


def _same_claims(settling: Settling, second: Claims, cast: Cast, touched: set[str]) -> None:
    """Laws 6 and 10; with late facts law 7: what they are no rival of comes out as if they had never been."""
    ruled = [
        (d.fact.record, d.fact.value, d.fact.instant, d.verdict.outcome.value)
        for d in settling.sealed
        if d.fact.kind is FactKind.CLAIMED and d.verdict and not d.fact.late
    ]
    assert sorted(ruled) == sorted(second.verdicts), "verdicts differ from the naive reader's"
    held = {  # of two leads that one user took in one second, a merge makes one holding: that of the lead merged
        (e.lead, e.holder, e.opened.latest): standing(e)
        for lead in cast.leads
        if lead.id not in touched
        for e in settling.docket.find(ClaimEntry, f"lead:{lead.id}", open_only=False)
    }
    naive = {(h.lead, h.user, h.at): h.standing for h in second.holds if h.lead not in touched}
    assert held == naive, "holdings differ from the naive reader's"


def _within_quota(terms: Terms, cast: Cast, settling: Settling) -> None:
    """Law 10: no approval, late ones too, ever takes a firm beyond its quota at the moment of the claim."""
    firms = dict.fromkeys(user.firm or "" for user in cast.users)
    caps = {firm: terms.by_tier[TIERS[n % len(TIERS)]] for n, firm in enumerate(firms)}
    for decision in settling.sealed:
        verdict, fact = decision.verdict, decision.fact
        if fact.kind is not FactKind.CLAIMED or verdict is None or verdict.outcome != "approve":
            continue
        mine = [
            e for e in decision.entries if isinstance(e, ClaimEntry) and e.holder == fact.value and e.open
        ]
        for entry in mine:
            cap = caps[entry.firm]
            unworked = terms.only_unworked
            assert cap is None or _held_then(decision, settling, entry, only_unworked=unworked) <= cap


def _held_then(decision: Decision, settling: Settling, mine: ClaimEntry, *, only_unworked: bool) -> int:
    """Leads that the firm held at that moment, or had not worked, as far as the ledger knew by then."""
    moment, late = decision.fact.instant, decision.fact.late
    last: dict[str, ClaimEntry] = {}
    for earlier in settling.sealed[: settling.sealed.index(decision) + 1]:
        last |= {e.key: e for e in earlier.entries if isinstance(e, ClaimEntry)}
    return len(
        {
            each.lead
            for each in last.values()
            if each.firm == mine.firm
            and each.opened.latest <= moment
            and (each.open or (each.closed_at is not None and each.closed_at > moment))
            and not (only_unworked and _worked_by(each, moment, late=late))
        }
        | {mine.lead}
    )


def _worked_by(claim: ClaimEntry, moment: datetime, *, late: bool) -> bool:
    """Of a claim in time its own second's work is only known where it settled before; a late one sees all."""
    if claim.worked_at is None:
        return False
    return claim.worked_at < moment or (claim.worked_at == moment and not late)


def _filings(dice: Dice, store: SqlStore) -> set[str]:
    near = timedelta(seconds=dice.choice((0, 1, 3, 5, 12)))
    stories = [_random_story(dice) for _ in range(dice.randint(1, 6))]
    channel, drafts = papers.told(stories, near)
    facts = unique(channel.facts)
    settling = _settled(dice, channel, facts, [])
    ruled: dict[str, str] = {}
    for decision in settling.sealed:
        if decision.verdict and decision.fact.subject is Kind.REGISTRATION:
            lacks = any(found.effect == "lack" for found in decision.verdict.findings)
            ruled[decision.fact.record] = "incomplete" if lacks else decision.verdict.outcome.value
    expected = first_complete(
        [
            Paper(
                record=draft.id,
                firm=draft.partner or "",
                filed=_at(story.filed),
                whole=None if story.completed is None else _at(story.filed + story.completed),
                back=None if story.withdrawn is None else _at(story.filed + story.withdrawn),
            )
            for draft, story in zip(drafts, stories, strict=True)
        ],
        near,
    )
    assert ruled == expected, "filings differ from the naive reader's"
    _recorded(dice, store, settling.sealed)
    return _shapes("filings", facts, [])


def _random_story(dice: Dice) -> papers.Story:
    completed = dice.choice((0, 0, None, dice.randint(1, 20)))
    withdrawn = dice.choice((None, None, (completed or 0) + dice.randint(1, 30)))
    return papers.Story(
        user=dice.randint(0, 3), filed=dice.randint(0, 30), completed=completed, withdrawn=withdrawn
    )


def _recorded(dice: Dice, store: SqlStore, decisions: Sequence[Decision]) -> None:
    """Law 18: the chain proves every entry, names an altered one, and the docket can be folded from it alone."""
    with store.transaction() as tx:
        start, _ = tx.ledger.head()
        for decision in decisions:
            if decision.verdict or decision.entries:
                tx.ledger.append(decision.fact, decision.verdict, decision.entries, decision.fact.instant)
    with store.reading() as view:
        proofs = list(view.ledger.proofs())
        told_again = [entry for line in view.ledger.scan(start) for entry in line.entries]
    rows = [_row(proof) for proof in proofs]
    assert not chain_faults(ORG, rows), "the chain does not hold"
    assert _folded(told_again) == _folded(entries_of(decisions)), "the ledger's entries make another docket"
    place = dice.randrange(len(rows)) if rows else 0
    if rows:
        rows[place]["body"] = str(rows[place]["body"]).replace('"verdict"', '"verdikt"')
        assert place + 1 in chain_faults(ORG, rows), "an altered entry went unnoticed"


def _row(proof: LedgerProof) -> dict[str, object]:
    return {
        "seq": proof.seq,
        "recorded_at": proof.recorded_at,
        "commitment": proof.commitment,
        "body": proof.public,
        "previous": proof.previous,
        "digest": proof.digest,
        "salt": proof.salt,
        "whole": proof.whole,
    }


def _folded(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return MemoryDocket(entries).all()


def _shapes(family: str, facts: Sequence[Fact], late: Sequence[Fact]) -> set[str]:
    seconds = [fact.instant for fact in facts]
    shapes = {family}
    shapes |= {"ties"} if len(set(seconds)) < len(seconds) else set()
    shapes |= {"lateness"} if late else set()
    shapes |= {"merges"} if any(fact.kind is FactKind.MERGED for fact in facts) else set()
    return shapes


def campaign(histories: int, seed: int) -> Counter[str]:
    """Play them all; how many had which shape. A failure names the seed of its history."""
    shapes = Counter[str]()
    with TemporaryDirectory() as folder:
        for number in range(histories):
            path = Path(folder) / f"{number % 2}.db"
            path.unlink(missing_ok=True)
            store = open_store(f"sqlite:///{path}", ORG)
            try:
                shapes.update(one(random.Random(f"{seed}|{number}"), store))
            except AssertionError as broken:
                raise AssertionError(f"history {number} of seed {seed}: {broken}") from broken
            finally:
                store.close()
                for left in Path(folder).glob(f"{number % 2}.db*"):
                    left.unlink()
    return shapes


def _at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--histories", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    started = time.perf_counter()
    shapes = campaign(chosen.histories, chosen.seed)
    print(f"{chosen.histories} histories of seed {chosen.seed} in {time.perf_counter() - started:.0f} s")
    for shape, count in sorted(shapes.items()):
        print(f"  {shape:10} {count:6} {count / chosen.histories:6.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
