"""One document shown for two customers proves neither (R1.9: "erstellt spezifisch für den Prospect")."""

from collections.abc import Iterator

from connector.canonical.model import Model
from connector.canonical.records import Evidence, FilingStatus, Registration
from connector.matching import Outcome
from connector.policy.model import Policy
from connector.rules.world import World

_NOT_FILED = (FilingStatus.DRAFT, FilingStatus.WITHDRAWN)
"""A draft claims nothing yet, and what was taken back claims nothing any more."""


class Reuse(Model):
    """A proof of the filing under judgement whose document also stands on `other`, for another customer."""

    proof: Evidence
    other: Registration


def reuses(filing: Registration, world: World, policy: Policy) -> Iterator[Reuse]:
    """Every proof with a document that was also given for a clearly different customer.

    Whose firm gave it does not matter. Customers that may be the same are not taken for different (law 9: unsure
    is never different): a second deal of one customer may rest on the same document. Of filings of one second
    each sees the other, since what counts is the record as of then and not who was judged first.
    """
    for proof in filing.evidence:
        for other in world.filings_with_file(proof.file) if proof.file else ():
            if (
                other.id != filing.id
                and other.status not in _NOT_FILED
                and _others(filing, other, world, policy)
            ):
                yield Reuse(proof=proof, other=other)


def _others(filing: Registration, other: Registration, world: World, policy: Policy) -> bool:
    """Two customers who are surely not one; a filing that names nobody says nothing of that."""
    if not filing.customer.name or not other.customer.name:
        return False
    compared = world.compared(filing.customer, other.customer, policy.same_customer)
    return compared.outcome is Outcome.DIFFERENT
