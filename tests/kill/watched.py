"""`connector`, which says on standard error through which door it goes, so that a kill can be placed and counted.

Nothing of the connector is changed but this: each function named below first prints one line. Run it as
`python -m tests.kill.watched run`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from connector.cli import main
from connector.daemon.loop import Loop
from connector.flows.adopt import Adopt
from connector.flows.capture import Capture
from connector.flows.dispatch import Dispatch
from connector.flows.settle import Settle
from connector.salesforce.org import SalesforceOrg
from connector.store.sql import SqlStore

DOOR = "door "
"""How the lines begin."""

DOORS: tuple[tuple[type, str, str], ...] = (
    (Loop, "start", "start"),
    (Capture, "snapshot", "snapshot"),
    (Adopt, "run", "adopt"),
    (Capture, "poll", "sync"),
    (Capture, "confirm", "sync.watermark"),
    (Settle, "sealed", "settle"),
    (Settle, "provisional", "settle.provisional"),
    (Dispatch, "run", "dispatch"),
    (SalesforceOrg, "write", "dispatch.write"),
    (SalesforceOrg, "upsert", "dispatch.upsert"),
)
ANSWERED = {"dispatch.write": "dispatch.answered", "dispatch.upsert": "dispatch.answered"}
"""Doors that are told when they close, too: the org has done it and nobody has noted it yet."""


def say(door: str) -> None:
    """One line at once, whole, whatever else is being written."""
    os.write(2, f"{DOOR}{door}\n".encode())


def watch() -> None:
    """Put a bell on every door, and one on the moment before a commit."""
    for owner, name, door in DOORS:
        setattr(owner, name, _belled(getattr(owner, name), door))
    open_plainly = SqlStore.transaction

    @contextmanager
    def transaction(store: SqlStore) -> Iterator[Any]:
        with open_plainly(store) as tx:
            yield tx
            say("commit")

    SqlStore.transaction = transaction  # type: ignore[method-assign,assignment]


def _belled(inner: Callable[..., Any], door: str) -> Callable[..., Any]:
    @wraps(inner)
    def outer(*args: Any, **kwargs: Any) -> Any:
        say(door)
        answer = inner(*args, **kwargs)
        if door in ANSWERED:
            say(ANSWERED[door])
        return answer

    return outer


if __name__ == "__main__":
    watch()
    main()
