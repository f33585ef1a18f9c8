"""One writer per org, fenced: a lease carries an epoch that every commit checks (law 19)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from connector.ports.store import AttemptState, LeaseLost
from connector.store.instants import instant_to_text
from connector.store.schema import LEASE, OUTBOX


def take(
    connection: Connection, org: int, *, worker: str, now: datetime, seconds: int, mine: int | None
) -> int | None:
    """The epoch now held by `worker`, or None while another worker's lease lasts.

    `mine` is the epoch this process already holds: only then is taking renewing. A restarted worker of the
    same name gets the lease at once but a new epoch, so that whatever is left of its former self is shut out.
    """
    until = now + timedelta(seconds=seconds)
    held = connection.execute(select(LEASE).where(LEASE.c.org == org).with_for_update()).first()
    if held is None:
        connection.execute(insert(LEASE).values(org=org, worker=worker, epoch=1, until=until))
        return 1
    if held.worker not in ("", worker) and held.until > now:
        return None
    renewed = held.worker == worker and held.epoch == mine
    epoch: int = held.epoch if renewed else held.epoch + 1
    connection.execute(
        update(LEASE).where(LEASE.c.org == org).values(worker=worker, epoch=epoch, until=until)
    )
    if not renewed:
        _doubt_running(connection, org)
    return epoch


def release(connection: Connection, org: int, worker: str) -> None:
    """Let the next worker in at once; the epoch goes on counting."""
    connection.execute(update(LEASE).where(LEASE.c.org == org, LEASE.c.worker == worker).values(worker=""))


def check(connection: Connection, org: int, epoch: int | None, *, hold: bool) -> None:
    """Raises LeaseLost unless `epoch` is still the org's.

    `hold` keeps the lease row until the transaction ends, so that nobody takes the lease before its commit;
    it is for the last look only, or a transaction that hangs would keep the next worker out.
    """
    if epoch is None:
        return
    query = select(LEASE.c.worker, LEASE.c.epoch, LEASE.c.until).where(LEASE.c.org == org)
    if hold:
        query = query.with_for_update()
    held = connection.execute(query).first()
    if held is None or held.epoch != epoch or not held.worker:
        holder = (
            "nobody" if held is None or not held.worker else f"worker {held.worker!r} (epoch {held.epoch})"
        )
        until = "" if held is None else f" until {instant_to_text(held.until)}Z"
        raise LeaseLost(
            f"epoch {epoch} is over, {holder} holds the lease{until}: nothing was written, stop this worker"
        )


def _doubt_running(connection: Connection, org: int) -> None:
    """What an earlier epoch was sending may have arrived or not: read the record before writing it again."""
    running = (OUTBOX.c.org == org) & (OUTBOX.c.state == AttemptState.RUNNING)
    connection.execute(
        update(OUTBOX)
        .where(running)
        .values(state=AttemptState.UNKNOWN, reason="the worker that was sending it stopped")
    )
