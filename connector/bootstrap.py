"""The only place that builds things: from settings and files to an org, a store and the flows over them."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keyring
from keyring.errors import KeyringError

from connector import places
from connector.canonical.ids import OrgId, RecordId
from connector.flows.adopt import Adopt, load_frequencies
from connector.flows.capture import Capture
from connector.flows.changes import ChangeReader
from connector.flows.dispatch import Dispatch
from connector.flows.drift import Describes, Fitted, fitted, remember, remembered
from connector.flows.fields import priority_objects
from connector.flows.reconcile import Reconcile
from connector.flows.settle import Settle
from connector.flows.staging import stage
from connector.flows.wishes import WishMaker
from connector.mapping import (
    CompiledMapping,
    ProfileMapping,
    needed_children,
    needed_objects,
)
from connector.matching import Frequencies
from connector.messages import LANGUAGES, Speaker, parse
from connector.policy.model import Policies
from connector.ports.org import DaemonStopped, Identity, OrgPort
from connector.ports.store import Store
from connector.profiles import Faulty, Profiles, read_profiles, text_of
from connector.salesforce import OrgSettings, connect
from connector.settings import Settings
from connector.store import open_store, organizations
from connector.telemetry import clock
from connector.telemetry.redaction import Redactor

KEYRING_SERVICE = "channel-connector"
INSTANCE_URL = "instance_url"


@dataclass(frozen=True, kw_only=True)
class Connector:
    """Everything that runs for one org, wired.

    `stopped` are the objects that the org has changed under the profile, with the reason: they stand still.
    """

    settings: Settings
    hold: "Hold"
    org: OrgPort
    store: Store
    mapping: CompiledMapping
    policies: Policies
    speaker: Speaker
    capture: Capture
    reconcile: Reconcile
    adopt: Adopt
    settle: Settle
    dispatch: Dispatch
    priority: tuple[str, ...]
    stopped: Mapping[str, str] = field(default_factory=dict)


def speaker(mapping: ProfileMapping | None) -> Speaker:
    """The message catalogues, read once."""
    folder = places.catalogues()
    texts = {name: folder / f"{name}.po" for name in LANGUAGES}
    catalogues = {name: parse(text_of(path), name) for name, path in texts.items() if path.exists()}
    return Speaker(catalogues, zone=mapping.time_zone if mapping else "UTC")


def org_settings(settings: Settings, organization_id: str | None = None) -> OrgSettings:
    """How to reach the org, with secrets from where they may live."""
    org = settings.org
    secret = (
        org.client_secret.get_secret_value() if org.client_secret else _secret_file(org.client_secret_file)
    )
    return OrgSettings(
        instance_url=org.instance_url,
        login_url=org.login_url,
        client_id=org.client_id,
        username=org.username,
        client_secret=secret or _from_keyring(org.client_id),
        private_key=_secret_file(org.private_key_file),
        access_token=org.access_token.get_secret_value() if org.access_token else None,
        organization_id=organization_id,
        api_version=org.api_version,
        budget_share=org.api_share,
        ca_bundle=org.ca_bundle,
        proxy=org.proxy,
        plain_http=org.plain_http,
    )


def describes(org: OrgPort, mapping: ProfileMapping) -> dict[str, Mapping[str, Any]]:
    """The org's describe of every object that the mapping names; hidden ones are simply absent."""
    known = {str(entry["name"]) for entry in org.describe_global()}
    found = {name: org.describe(name) for name in needed_objects(mapping) if name in known}
    found |= {name: org.describe(name) for name in needed_children(mapping, found) if name in known}
    return found


def compiled(org: OrgPort, profiles: Profiles) -> CompiledMapping:
    """The mapping fitted to the org. Raises Faulty with every fault."""
    mapping = _sound(profiles)
    return _usable(fitted(mapping, describes(org, mapping), {}))


def _sound(profiles: Profiles) -> ProfileMapping:
    if profiles.mapping is None or any(not fault.note for fault in profiles.faults):
        raise Faulty(profiles.faults)
    return profiles.mapping


def _usable(fit: Fitted) -> CompiledMapping:
    if fit.mapping is None:
        raise Faulty(fit.faults)
    return fit.mapping


def build(
    settings: Settings,
    *,
    shadow: bool | None = None,
    sleep: Callable[[float], None] = time.sleep,
    profiles: Profiles | None = None,
) -> Connector:
    """Everything for one org, ready to run; logs in and reads the org's describes.

    `sleep`, in seconds, is how calls to the org wait before they are sent again; it may raise to end them.
    `profiles` are used instead of the files that the settings name.

    Raises:
        Faulty: the profiles do not fit each other or the org.
        connector.ports.org.DaemonStopped: the login is refused, or it is another org than last time.
    """
    profiles = profiles or read_profiles(settings.profiles)
    hold = Hold()
    org = connect(org_settings(settings), guard=hold.seconds_left, sleep=sleep)
    described = describes(org, _sound(profiles))
    identity = org.identity()
    _pinned(settings, identity)
    fit = fitted(_sound(profiles), described, _known(settings))
    mapping = _usable(fit)
    store = open_store(settings.database, OrgId(identity.organization_id))
    with store.transaction() as tx:
        tx.notes.put(INSTANCE_URL, identity.instance_url)
        remember(tx, {name: each for name, each in described.items() if name not in fit.stopped})
    ours = RecordId(identity.user_id)
    voice = speaker(profiles.mapping)
    changes = ChangeReader(mapping, lambda: ours)
    capture = Capture(org, store, mapping, changes)
    quiet = settings.sync.shadow if shadow is None else shadow
    return Connector(
        settings=settings,
        hold=hold,
        org=org,
        store=store,
        mapping=mapping,
        policies=profiles.policies,
        speaker=voice,
        capture=capture,
        reconcile=Reconcile(org, store, mapping, changes, capture),
        adopt=Adopt(store, mapping, profiles.policies),
        settle=Settle(
            store, mapping, profiles.policies, WishMaker(mapping, voice, profiles.policies), _Frozen(store)
        ),
        dispatch=Dispatch(
            org, store, mapping, shadow=quiet, policies=profiles.policies, stage=stage(settings.sync)
        ),
        priority=priority_objects(mapping),
        stopped=fit.stopped,
    )


def _known(settings: Settings) -> Describes:
    """How the last run knew the org's objects; nothing before the first."""
    if not organizations(settings.database):
        return {}
    with opened_store(settings) as store, store.reading() as view:
        return remembered(view)


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The store of the one org in the database, for verbs that need no org.

    Raises:
        FileNotFoundError: nothing has been mirrored into this database yet.
    """
    known = organizations(settings.database)
    if not known:
        where = Redactor(secrets_of(settings)).clean(settings.database)
        raise FileNotFoundError(f"{where} holds no org yet: run `connector sync --once` first")
    store = open_store(settings.database, known[0])
    try:
        yield store
    finally:
        store.close()


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every secret in the settings, for the log's redaction."""
    given = (settings.org.client_secret, settings.org.access_token)
    return tuple(secret.get_secret_value() for secret in given if secret)


def _pinned(settings: Settings, identity: Identity) -> None:
    """A sandbox refresh changes the organisation id and every record id: going on would mix two orgs."""
    known = organizations(settings.database)
    if known and OrgId(identity.organization_id) not in known:
        raise DaemonStopped(
            f"this database mirrors org {known[0]}, but the login leads to {identity.organization_id}. "
            "Was the sandbox refreshed? Use a new database, or log in to the org that this one mirrors."
        )


class Hold:
    """How long our lease still lasts by this machine's clock; every call to the org waits no longer (law 19)."""

    def __init__(self) -> None:
        self._ends: float | None = None

    def renewed(self, seconds: float) -> None:
        self._ends = clock.elapsed() + seconds

    def seconds_left(self) -> float:
        """Seconds; without a lease (a verb that writes nothing) there is no bound."""
        return float("inf") if self._ends is None else self._ends - clock.elapsed()


class _Frozen:
    """The frequency table, read once it has been frozen."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._table: Frequencies | None = None

    def __call__(self) -> Frequencies:
        if self._table is None or self._table is Frequencies.EMPTY:
            self._table = load_frequencies(self._store)
        return self._table


def _secret_file(path: Path | None) -> str | None:
    return text_of(path).strip() if path else None


def _from_keyring(client_id: str | None) -> str | None:
    if not client_id:
        return None
    try:
        return keyring.get_password(KEYRING_SERVICE, client_id)
    except KeyringError:
        return None
