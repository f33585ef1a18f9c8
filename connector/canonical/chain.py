"""The hash chain of the ledger, as anyone can recompute it: no database is needed (law 18).

A line commits to the whole entry, `commitment = sha256(salt + whole)`, and shows it without what may be personal; its
digest is `sha256(previous + canonical JSON of the line)`.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
"""The digest before the first line."""

ERASED = "evidence erased"
_TYPED = {"edited", "affirmed", "reviewed"}
"""Kinds of fact whose values are field contents."""


def canonical(value: Any) -> str:
    """One text for one value: keys sorted, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def commit(salt: str, whole: str) -> str:
    """What a line commits to; without the salt nobody can guess erased evidence from it."""
    return hashlib.sha256((salt + whole).encode()).hexdigest()


def recorded(moment: datetime) -> str:
    """The instant of a line as it is hashed: UTC with microseconds, 26 characters."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def digest(  # noqa: PLR0917 - one argument per thing that is hashed
    previous: str, org: str, seq: int, recorded_at: str, commitment: str, public: str
) -> str:
    """The digest of a line. `recorded_at` as `recorded` says it, `public` the canonical text of what it shows."""
    line = {
        "org": org,
        "seq": seq,
        "recorded_at": recorded_at,
        "commitment": commitment,
        "entry": public,
    }
    return hashlib.sha256((previous + canonical(line)).encode()).hexdigest()


def without_evidence(dump: dict[str, Any]) -> dict[str, Any]:
    """An entry without the values a person may have typed; what is left are ids, kinds, times and rules.

    Changes `dump`, and returns it.
    """
    dump["fact"]["detail"] = {}
    if dump["fact"]["kind"] in _TYPED:
        dump["fact"] |= {"value": ERASED, "prior": ERASED}
    for finding in (dump["verdict"] or {}).get("findings", ()):
        finding["params"] = {}
        for exhibit in finding["exhibits"]:
            exhibit["value"] = ERASED
    for line in dump["entries"]:
        for name in ("evidence", "resolution", "reason"):
            if line["entry"].get(name):
                line["entry"][name] = ERASED
    return dump
