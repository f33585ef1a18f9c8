"""Law 14: a decision that raises, a value that cannot be read, a refused write: each stops only its own record."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.canonical.fact import Fact
from connector.flows import judging
from connector.flows.faults import FaultSort, faults
from connector.ports.org import ErrorKind, RowResult
from connector.ports.store import AttemptState
from connector.rules.fold import fold
from tests.support.org import MemoryOrg
from tests.support.process import Process, lead, mapped, small_channel

relaxed = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
troubles = st.lists(
    st.sampled_from(["none", "raises", "unreadable", "refused", "erased"]), min_size=1, max_size=8
)


@relaxed
@given(troubles, st.booleans())
def test_every_other_record_gets_its_verdict(given_: list[str], together: bool) -> None:  # noqa: C901, FBT001
    """Whether the acts share a second and a batch or not."""
    with TemporaryDirectory() as name:
        org = MemoryOrg(mapped())
        people = small_channel(org)
        leads = {lead(org, number, people.queue): trouble for number, trouble in enumerate(given_)}
        org.wait(100)
        process = Process(org, Path(name))
        process.begin()
        raising = {ident for ident, trouble in leads.items() if trouble == "raises"}
        for ident, trouble in leads.items():
            bad = {"NumberOfEmployees": "many"} if trouble == "unreadable" else {}
            org.save("Lead", ident, people.users[0], OwnerId=people.users[0], **bad)
            if trouble == "refused":
                org.refusals[ident] = RowResult(
                    id=ident, success=False, code="LEGAL_HOLD", message="on hold", kind=ErrorKind.DEAD
                )
            if not together:
                org.wait(2)
        process.connector.capture.poll(("Lead",))
        for ident, trouble in leads.items():
            if trouble == "erased":
                org.erase("Lead", ident)

        def broken(facts: Any, docket: Any, world_of: Any, policies: Any, until: Any) -> Any:
            def world(fact: Fact, inner: Any) -> Any:
                made = world_of(fact, inner)
                if fact.record in raising:
                    raise KeyError(fact.record)
                return made

            return fold(facts, docket, world, policies, until)

        with patch.object(judging, "fold", broken):
            process.settle_down()
        with process.store.reading() as view:
            told = {(fault.sort, fault.record) for fault in faults(view)}
            dead = {i.record for i in view.outbox.list([AttemptState.DEAD])}
            deferred = {
                line.fact.record for line in view.ledger.scan() if line.verdict and _failed(line.verdict)
            }
        for ident, trouble in leads.items():
            if trouble == "none":
                assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Held"
        assert deferred == raising
        unreadable = {ident for ident, trouble in leads.items() if trouble == "unreadable"}
        assert told == {(FaultSort.UNDECIDED, i) for i in raising} | {
            (FaultSort.UNREADABLE, i) for i in unreadable
        }
        refused = {ident for ident, trouble in leads.items() if trouble == "refused"}
        erased = {ident for ident, trouble in leads.items() if trouble == "erased"}
        assert refused <= dead <= refused | erased
        process.stop()


def _failed(verdict: Any) -> bool:
    return any(found.rule == "decide" for found in verdict.findings)
