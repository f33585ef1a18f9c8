"""What the login can see of each object, cached and renewed only when the org says that it changed."""

from __future__ import annotations

import difflib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.ports.org import StreamStopped
from connector.salesforce import soql
from connector.salesforce.call import Ask
from connector.salesforce.meter import Monotonic
from connector.salesforce.transport import Transport
from connector.salesforce.values import UNREADABLE

_UNCHANGED = 304


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    describe: Mapping[str, Any]
    kinds: Mapping[str, str]
    modified: str | None
    checked: float


class Describes:
    """Describes by object. Fields hidden from the login are simply absent from one (documented)."""

    def __init__(
        self, transport: Transport, root: str, ttl: float, monotonic: Monotonic = time.monotonic
    ) -> None:
        self._transport = transport
        self._root = root
        self._ttl = ttl
        self._monotonic = monotonic
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def describe(self, sobject: str) -> Mapping[str, Any]:
        return self._fresh(sobject).describe

    def describe_global(self) -> Sequence[Mapping[str, Any]]:
        answer = self._transport.call(Ask(method="GET", path=f"{self._root}/sobjects", kind="describe"))
        found: Sequence[Mapping[str, Any]] = answer.json()["sobjects"]
        return found

    def kinds(self, sobject: str) -> Mapping[str, str]:
        """The type of each field that the login can see, by its exact name."""
        return self._fresh(sobject).kinds

    def readable(self, sobject: str, fields: Sequence[str]) -> list[str]:
        """The types of `fields`; raises StreamStopped for one that is absent, hidden, compound or a file."""
        kinds = self.kinds(sobject)
        for field in fields:
            kind = kinds.get(field)
            if kind is None:
                raise self.unknown(sobject, field)
            if kind in UNREADABLE:
                raise StreamStopped(
                    f"{sobject}.{field} is of type {kind}, which is not one value: name its parts instead",
                    code="INVALID_FIELD",
                )
        return [kinds[field] for field in fields]

    def unknown(self, sobject: str, field: str) -> StreamStopped:
        """The fault for a field that is not there, with the nearest name that is."""
        near = difflib.get_close_matches(field, list(self.kinds(sobject)), n=1, cutoff=0.6)
        hint = f"; the nearest it can see is {near[0]}" if near else ""
        fault = StreamStopped(
            f"{sobject}.{field} does not exist or is hidden from this login (field-level security){hint}",
            code="INVALID_FIELD",
        )
        fault.fields = (field,)
        return fault

    def forget(self, sobject: str) -> None:
        """Ask the org next time: it has just refused something that the describe allowed."""
        with self._lock:
            self._held.pop(sobject, None)

    def _fresh(self, sobject: str) -> _Held:
        with self._lock:
            held = self._held.get(sobject)
        if held and self._monotonic() - held.checked < self._ttl:
            return held
        held = self._asked(soql.name(sobject), held)
        with self._lock:
            self._held[sobject] = held
        return held

    def _asked(self, sobject: str, held: _Held | None) -> _Held:
        headers = {"If-Modified-Since": held.modified} if held and held.modified else {}
        answer = self._transport.call(
            Ask(
                method="GET",
                path=f"{self._root}/sobjects/{sobject}/describe",
                kind="describe",
                headers=headers,
                passed=frozenset({_UNCHANGED}),
            )
        )
        now = self._monotonic()
        if answer.status == _UNCHANGED and held:
            return _Held(describe=held.describe, kinds=held.kinds, modified=held.modified, checked=now)
        describe = answer.json()
        return _Held(
            describe=describe,
            kinds={field["name"]: field["type"] for field in describe["fields"]},
            modified=answer.headers.get("Last-Modified") or answer.headers.get("Date"),
            checked=now,
        )
