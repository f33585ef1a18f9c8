"""Publishing a policy is a fact: once in the ledger, and never in effect before what is sealed already (law 18)."""

from datetime import timedelta

from connector.canonical.fact import Fact, FactKind
from connector.canonical.time import parse_instant
from connector.flows.settle import SEALED
from connector.policy.model import Policies
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, lead


def publications(process: Process) -> list[Fact]:
    with process.store.reading() as view:
        return [line.fact for line in view.ledger.scan() if line.fact.kind is FactKind.POLICY_PUBLISHED]


def restarted(process: Process, policies: Policies) -> None:
    process.policies = policies
    process.stop()
    process.start()
    process.settle_down()


def test_each_version_enters_the_ledger_once_with_its_digest(process: Process) -> None:
    process.begin()
    process.settle_down()
    restarted(process, process.policies)
    found = publications(process)
    assert [fact.value for fact in found] == [policy.label for policy in process.policies.versions]
    assert [fact.detail["digest"] for fact in found] == [p.digest for p in process.policies.versions]
    assert all("effective" not in fact.detail for fact in found)
    with process.store.reading() as view:
        assert view.ledger.verify() is None


def test_another_text_under_the_same_label_is_another_publication(process: Process) -> None:
    process.begin()
    process.settle_down()
    (first, *rest) = process.policies.versions
    restarted(process, Policies(versions=(first.model_copy(update={"digest": "another"}), *rest)))
    last = publications(process)[-1]
    assert (last.value, last.detail["digest"], last.detail["replaces"]) == (
        first.label,
        "another",
        first.digest,
    )


def test_a_version_published_late_judges_nothing_from_before_it_was_published(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """A new version whose day has passed is in effect from the sealed horizon on: nothing sealed flips."""
    process.begin()
    process.settle_down()
    before = lead(org, 1, people.queue)
    org.save("Lead", before, people.users[0], OwnerId=people.users[0])
    process.settle_down()
    with process.store.reading() as view:
        sealed = parse_instant(view.notes.get(SEALED) or "")
    claims = next(policy for policy in process.policies.versions if policy.claims)
    assert claims.claims is not None
    stricter = claims.model_copy(
        update={
            "version": 2,
            "digest": "second",
            "claims": claims.claims.model_copy(update={"work_within": timedelta(days=1)}),
        }
    )
    restarted(process, Policies(versions=(*process.policies.versions, stricter)))
    effective = parse_instant(publications(process)[-1].detail["effective"])
    assert effective == sealed + timedelta(seconds=1)
    after = lead(org, 2, people.queue)
    org.save("Lead", after, people.users[1], OwnerId=people.users[1])
    process.settle_down()
    with process.store.reading() as view:
        used = {
            line.fact.record: line.verdict.policy
            for line in view.ledger.scan()
            if line.verdict and line.fact.kind is FactKind.CLAIMED
        }
    assert used == {before: claims.label, after: stricter.label}
