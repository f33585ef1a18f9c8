"""A call to the org as values: what is asked, what is answered, the token that goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connector.ports.org import UNKNOWN_OUTCOME, RetryLater
from connector.salesforce.values import decode

_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One call. `path` starts at the instance's root; `kind` is what it is counted as.

    Attributes:
        repeatable: it may be sent again after an answer that never came. False for writes.
        passed: statuses besides 2xx that are answers, not faults.
    """

    method: str
    path: str
    kind: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    repeatable: bool = True
    passed: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body with every fraction as Decimal, so that nothing of a number is lost.

        Raises RetryLater when it is no JSON: whatever sent it, what was asked may or may not have happened.
        """
        try:
            return decode(self.body)
        except msgspec.DecodeError as garbled:
            text = f"the org answered {self.status} with what is not JSON (a proxy's page?): {garbled}"
            raise RetryLater(text, code=UNKNOWN_OUTCOME) from garbled


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """An access token and the instance it is for."""

    text: str = field(repr=False)
    instance_url: str


def encoded(body: Any) -> bytes:
    """A JSON body; a Decimal becomes a number with exactly its digits."""
    return _ENCODER.encode(body)
