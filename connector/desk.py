"""What verbs need that work on the store alone: the mapping as the last run fitted it, and a back-test over it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connector.bootstrap import opened_store
from connector.canonical.fault import Fault
from connector.canonical.own import OwnFields
from connector.flows.adopt import load_frequencies
from connector.flows.backtest import Backtest
from connector.flows.drift import fitted, remembered
from connector.mapping import CompiledMapping
from connector.messages import LANGUAGES
from connector.policy import load_policy
from connector.policy.model import Policy
from connector.ports.store import Store
from connector.profiles import Faulty, Profiles, read_profiles, text_of
from connector.settings import Settings
from connector.store.scratch import open_scratch


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One org's store and profiles, with no way to the org."""

    store: Store
    profiles: Profiles
    mapping: CompiledMapping


@contextmanager
def opened(settings: Settings) -> Iterator[Desk]:
    """The desk of the one org in the database.

    Raises:
        Faulty: the profiles have faults, or no longer fit the org as the last run knew it.
        FileNotFoundError: nothing has been mirrored into this database yet.
    """
    profiles = read_profiles(settings.profiles)
    serious = [fault for fault in profiles.faults if not fault.note]
    if profiles.mapping is None or serious:
        raise Faulty(profiles.faults)
    with opened_store(settings) as store:
        with store.reading() as view:
            known = remembered(view)
        fit = fitted(profiles.mapping, known, known)
        if fit.mapping is None:
            raise Faulty(fit.faults)
        yield Desk(store=store, profiles=profiles, mapping=fit.mapping)


@contextmanager
def backtest(desk: Desk) -> Iterator[Backtest]:
    """A back-test over temporary tables that are gone afterwards."""
    with open_scratch() as scratch:
        yield Backtest(
            store=desk.store,
            scratch=scratch,
            mapping=desk.mapping,
            policies=desk.profiles.policies,
            frequencies=load_frequencies(desk.store),
        )


def candidate(path: Path, own: OwnFields | None = None) -> tuple[Policy, tuple[Fault, ...]]:
    """A policy file that is not in force, and what is to be said of it; `own` as `load_policy` takes it.

    Raises:
        Faulty: it cannot be used.
    """
    policy, faults = load_policy(text_of(path), str(path), LANGUAGES, own)
    if policy is None:
        raise Faulty(faults)
    return policy, faults
