"""The org as the rest of the connector sees it: every call of the port, over one login."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connector.ports.org import (
    Batch,
    Budget,
    DaemonStopped,
    Deleted,
    Identity,
    KeysetRequest,
    Page,
    RetryLater,
    Row,
    RowResult,
    StreamStopped,
    Text,
    Updated,
)
from connector.salesforce import soql
from connector.salesforce.bulk import BulkQuery
from connector.salesforce.call import Ask
from connector.salesforce.describe import Describes
from connector.salesforce.ids import id18
from connector.salesforce.login import Login
from connector.salesforce.meter import Meter, OrgClock
from connector.salesforce.reads import Reads
from connector.salesforce.replication import Replication, watermark_window
from connector.salesforce.session import TimedSession
from connector.salesforce.settings import OrgSettings
from connector.salesforce.transport import Guard, Transport
from connector.salesforce.writes import Writes


class SalesforceOrg:
    """Implements `connector.ports.org.OrgPort`. Safe to share between threads."""

    def __init__(
        self,
        settings: OrgSettings,
        transport: Transport,
        identity: Identity,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        root = f"/services/data/v{identity.api_version}"
        self._transport = transport
        self._identity = identity
        self._describes = Describes(transport, root, settings.describe_ttl)
        self._reads = Reads(transport, root, self._describes)
        self._replication = Replication(transport, root)
        self._bulk = BulkQuery(transport, root, identity.api_version, settings, sleep)
        self._writes = Writes(transport, root, self._describes, settings, sleep)

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def identity(self) -> Identity:
        return self._identity

    def describe(self, object: str) -> Mapping[str, Any]:  # noqa: A002
        return self._describes.describe(object)

    def describe_global(self) -> Sequence[Mapping[str, Any]]:
        return self._describes.describe_global()

    def count(self, object: str, where: str | None = None, all_rows: bool = False) -> int:  # noqa: A002, FBT001, FBT002
        return self._reads.count(object, where, all_rows=all_rows)

    def snapshot(
        self,
        object: str,  # noqa: A002
        fields: Sequence[str],
        where: str | None = None,
        *,
        include_deleted: bool = True,
        resume: str | None = None,
    ) -> Iterator[Batch]:
        self._describes.forget(object)  # a whole object is worth one call to know its types as they are now
        kinds = self._describes.readable(object, fields)
        statement = soql.select(fields, object, where=where)
        return self._bulk.batches(
            object, statement, fields, kinds, include_deleted=include_deleted, resume=resume
        )

    def since(self, requests: Sequence[KeysetRequest]) -> list[Page]:
        return self._reads.since(requests)

    def retrieve(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Batch:  # noqa: A002
        return self._reads.retrieve(object, ids, fields)

    def query(self, soql: str) -> Iterator[dict[str, Text]]:
        return self._reads.query(soql)

    def known(self, object: str, field: str, values: Sequence[str]) -> frozenset[str]:  # noqa: A002
        return self._reads.known(object, field, values)

    def updated(self, object: str, start: datetime, end: datetime) -> Updated:  # noqa: A002
        return self._replication.updated(object, start, end)

    def deleted(self, object: str, start: datetime, end: datetime) -> Deleted:  # noqa: A002
        return self._replication.deleted(object, start, end)

    def write(self, rows: Sequence[Row]) -> list[RowResult]:
        return self._writes.write(rows)

    def write_if_unmodified(self, row: Row, since: datetime) -> RowResult:
        return self._writes.write_if_unmodified(row, since)

    def upsert(self, object: str, external_field: str, rows: Sequence[Row]) -> list[RowResult]:  # noqa: A002
        return self._writes.upsert(object, external_field, rows)

    def budget(self) -> Budget:
        return self._transport.meter.budget()

    def now(self) -> datetime:
        return _now(self._transport)

    def watermark_window(self, watermark: datetime) -> tuple[datetime, datetime] | None:
        return watermark_window(watermark, self.now())


def connect(
    settings: OrgSettings,
    *,
    guard: Guard | None = None,
    sleep: Callable[[float], None] = time.sleep,
    wall: Callable[[], float] = time.time,  # noqa: TID251  (what signs a login must date it)
) -> SalesforceOrg:
    """Log in, see which org answers, and pin its newest API version.

    `guard` is asked before every call for the seconds left on our lease (law 19); a call waits no longer than
    that. `wall`, in seconds since 1970, dates signed logins and nothing else. Raises DaemonStopped when the
    login is refused or the org is not `settings.organization_id`, RetryLater when nobody answers.
    """
    clock, meter = OrgClock(), Meter(settings.budget_share)
    session = TimedSession(settings)
    login = Login(settings, session, meter, wall)
    transport = Transport(
        settings,
        session,
        login,
        clock=clock,
        meter=meter,
        renewable=login.renewable,
        guard=guard,
        sleep=sleep,
    )
    version = settings.api_version or _newest_version(transport)
    identity = _identity(transport, version)
    if settings.organization_id and id18(settings.organization_id) != identity.organization_id:
        raise DaemonStopped(
            f"this is org {identity.organization_id}, not {id18(settings.organization_id)} to which this"
            " installation belongs. Was the sandbox refreshed? Start a new installation for the new org"
        )
    return SalesforceOrg(settings, transport, identity, sleep)


def _newest_version(transport: Transport) -> str:
    versions = transport.call(Ask(method="GET", path="/services/data", kind="login")).json()
    return str(max((entry["version"] for entry in versions), key=float))


def _identity(transport: Transport, version: str) -> Identity:
    try:
        said = transport.call(Ask(method="GET", path="/services/oauth2/userinfo", kind="login")).json()
        organization, user, username = said["organization_id"], said["user_id"], said["preferred_username"]
    except (StreamStopped, KeyError) as refusal:
        raise DaemonStopped(
            "the login's scopes do not let it see who it is: add `openid` or `id` to the app's OAuth scopes"
        ) from refusal
    return Identity(
        organization_id=id18(organization),
        user_id=id18(user),
        username=username,
        instance_url=transport.instance_url(),
        api_version=version,
    )


def _now(transport: Transport) -> datetime:
    now = transport.clock.now()
    if now is None:
        transport.call(Ask(method="GET", path="/services/data", kind="login"))
        now = transport.clock.now()
    if now is None:
        raise RetryLater("the org's answers carry no Date header, so its time is unknown")
    return now
