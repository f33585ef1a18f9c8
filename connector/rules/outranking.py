"""Evidence that outranks the first filing: the customer's dated letter, and proof from before a tender."""

from datetime import date

from connector.canonical.ids import RecordId
from connector.canonical.model import Model
from connector.canonical.records import Registration
from connector.policy.outcomes import Outranks

LETTER = "customer_letter"
TENDER = "tender_proof"


class Claimant(Model):
    """One of two firms after a deal, with what it filed."""

    filing: Registration
    firm: RecordId


class Ranking(Model):
    """What the policy lets outrank an earlier filing."""

    letter: Outranks = Outranks.IGNORE
    proof: Outranks = Outranks.IGNORE
    tender_on: date | None = None
    day: date

    def by_rule(self, cause: str) -> bool:
        """Whether the policy lists this cause as automatic (law 7); else a person has to say so."""
        return (self.letter if cause == LETTER else self.proof) is Outranks.SUPERSEDES


def outranking(mine: Claimant, theirs: Claimant, ranking: Ranking) -> tuple[str, bool | None] | None:
    """The cause, and whether it speaks for `mine`; None for that: it speaks for both alike. None: no cause.

    The younger of two letters is the customer's last word.
    """
    if ranking.letter is not Outranks.IGNORE:
        own, other = letter(mine, ranking.day), letter(theirs, ranking.day)
        if own or other:
            return LETTER, None if own == other else other is None or (own is not None and own > other)
    if ranking.proof is not Outranks.IGNORE and ranking.tender_on is not None:
        own_proof = _proof(mine.filing, ranking.tender_on)
        other_proof = _proof(theirs.filing, ranking.tender_on)
        if own_proof != other_proof:
            return TENDER, own_proof
    return None


def letter(claimant: Claimant, day: date) -> date | None:
    """The day of the newest letter in which the customer names the firm; a letter without a day is none."""
    days = [
        proof.happened_on
        for proof in claimant.filing.evidence
        if proof.kind == LETTER and proof.names == claimant.firm and proof.happened_on
    ]
    return max((each for each in days if each <= day), default=None)


def _proof(filing: Registration, on: date) -> bool:
    return any(p.customer_confirmed and p.happened_on and p.happened_on < on for p in filing.evidence)
