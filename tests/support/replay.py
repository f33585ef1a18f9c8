"""Back-tests of a process under test, and the policies to try."""

from datetime import timedelta

from connector.flows.adopt import load_frequencies
from connector.flows.backtest import Backtest
from connector.flows.backtest_report import Backtested
from connector.policy.choosing import Choice, Option
from connector.policy.model import Policy
from connector.store.scratch import open_scratch
from tests.support.org import START
from tests.support.process import Process


def backtested(process: Process, policy: Policy) -> Backtested:
    """Everything that was judged, once more under `policy`."""
    with open_scratch() as scratch:
        work = Backtest(
            store=process.store,
            scratch=scratch,
            mapping=process.org.mapping,
            policies=process.policies,
            frequencies=load_frequencies(process.store),
        )
        return work.run(policy, START - timedelta(days=1), None, lambda *_: None)


def claims_in_force(process: Process) -> Policy:
    policy = process.policies.for_claims(process.org.clock)
    assert policy is not None
    return policy


def with_terms(process: Process, **terms: object) -> Policy:
    """The claims policy in force with other terms, as a next version."""
    policy = claims_in_force(process)
    assert policy.claims is not None
    claims = policy.claims.model_copy(update=terms)
    return policy.model_copy(update={"claims": claims, "version": policy.version + 1})


def with_quota(process: Process, number: int) -> Policy:
    return with_terms(process, quota=Choice[int](options=(Option[int](value=number),)))


def differing(found: Backtested) -> list[tuple[object, ...]]:
    return [(each.said, each.would, each.examples) for each in found.differences.values()]
