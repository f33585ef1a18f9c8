"""What the network and the org do to the connector's calls, at a low rate; people's own calls are spared.

The connector speaks the org's newest API version, people an older one: by that the faults tell them apart.
"""

from typing import Any

import requests

from connector.demo.people import API

NEWEST = "/v66.0/"
assert NEWEST not in f"{API}/"

BAD: tuple[dict[str, Any], ...] = (
    {"path": f"{NEWEST}composite", "method": "PATCH", "drop": "after", "rate": 0.03},  # written, answer lost
    {"path": f"{NEWEST}composite", "method": "POST", "drop": "after", "rate": 0.01},
    {"path": f"{NEWEST}composite", "method": "PATCH", "half": True, "rate": 0.02},
    {"path": f"{NEWEST}composite", "half": True, "rate": 0.01},
    {"path": NEWEST, "drop": "before", "rate": 0.005},
    {"path": NEWEST, "status": 503, "errorCode": "SERVER_UNAVAILABLE", "rate": 0.01},
    {
        "path": f"{NEWEST}composite",
        "method": "PATCH",
        "status": 400,
        "errorCode": "UNABLE_TO_LOCK_ROW",
        "rate": 0.01,
    },
    {"path": f"{NEWEST}jobs/query", "half": True, "rate": 0.02},
)


def turn_bad(url: str) -> None:
    """Switch every fault on."""
    for fault in BAD:
        requests.post(f"{url}/practice/faults", json=fault, timeout=30).raise_for_status()


def hits(url: str) -> int:
    """How often a fault struck since it was switched on."""
    return sum(int(fault["hits"]) for fault in requests.get(f"{url}/practice/faults", timeout=30).json())


def clear_up(url: str) -> None:
    """No more faults."""
    requests.delete(f"{url}/practice/faults", timeout=30).raise_for_status()
