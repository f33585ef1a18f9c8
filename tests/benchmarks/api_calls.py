"""API calls (law 21): idle per day, and per 1,000 changed records of which 30 % need a contested write.

python -m tests.benchmarks.api_calls [--claims 1000] [--idle 120]

A firm claims 1,000 leads at once, by its own login; its quota leaves place for 70 % of them, so that 300 go back
to their queue by compare-and-set. Counted until every write has come back as an echo. Then nothing happens for
`--idle` seconds at the shipped intervals, and the calls of that time are told per day.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import requests
from pydantic import SecretStr

from connector import places
from connector.bootstrap import Connector, build
from connector.daemon.loop import Loop
from connector.demo.people import API, People
from connector.ports.store import AttemptState
from connector.settings import OrgSection, Settings
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.practice import Place, practice_orgs

CLAIMS, IDLE, FULL_IDLE = 1_000, 90, 900
CONTESTED = 0.3
_DAY = 86_400
_OPEN = (AttemptState.AVAILABLE, AttemptState.RUNNING, AttemptState.RETRYABLE, AttemptState.WRITTEN)


def measure(claims: int, idle: int) -> list[Figure]:
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        (place,) = closing.enter_context(practice_orgs(6 * claims))
        people = People(place.url, place.token)
        story = people.stories["trigger_happy_claimer"]
        quota = int(story["held"]) + round(claims * (1 - CONTESTED))
        connector = build(_settings(place, folder, quota))
        loop = Loop(connector)
        loop.start()
        _quiet(loop, connector)
        per_second = _idle(connector, loop, idle)
        before, started = connector.org.budget().calls, time.monotonic()
        moved = _claim(people, place.url, story, claims)
        _quiet(loop, connector)
        people.let_time_pass(90)
        _quiet(loop, connector)
        spent = _spent(before, connector)
        looks = per_second * (time.monotonic() - started)
        back = people.rows("SELECT Id FROM Lead WHERE Claim_Verdict__c = 'Returned'")
        connector.store.close()
    more = max(sum(spent.values()) - looks, 0.0)
    return [
        Figure(
            measure=f"API calls for {moved:,} claims, {len(back):,} of them written back by compare-and-set",
            figure=more,
            unit="calls",
            against="wanted at most",
            other=30 * moved / 1_000,
            ratio=more / (30 * moved / 1_000),
            at_most=1.0,
            note=f"besides {looks:.0f} looks that an idle org has too; "
            + ", ".join(f"{kind} {count}" for kind, count in sorted(spent.items())),
        ),
        Figure(
            measure="API calls of an idle org per day",
            figure=per_second * _DAY,
            unit="calls",
            note=f"from {idle} s of quiet",
        ),
    ]


def _settings(place: Place, folder: Path, quota: int) -> Settings:
    """The shipped profile with this one firm's quota and breakers out of the way."""
    profile = folder / "leads"
    profile.mkdir()
    shipped = places.profile("partner_leads")
    (profile / "mapping.yaml").write_text((shipped / "mapping.yaml").read_text("utf-8"), "utf-8")
    policy = (shipped / "policy.yaml").read_text("utf-8")
    policy = policy.replace('tier == "Silver"\', is: 20', f'tier == "Silver"\', is: {quota}')
    policy = policy.replace("quota_per_person: 60", f"quota_per_person: {10 * quota}")
    policy = policy.replace("per_hour: 200", "per_hour: 100000")
    (profile / "policy.yaml").write_text(policy, "utf-8")
    org = OrgSection(instance_url=place.url, access_token=SecretStr(place.token), api_share=1.0)
    return Settings(
        database=f"sqlite:///{folder}/calls.db", org=org, profiles=(str(profile), "deal_registration")
    )


def _claim(people: People, url: str, story: Mapping[str, str], claims: int) -> int:
    """One partner user takes leads from the pools, a tenth a second, so that no second straddles the quota."""
    queues = "SELECT Id FROM Group WHERE DeveloperName LIKE 'Partner_Pool%'"
    rows = people.rows(
        f"SELECT Id FROM Lead WHERE IsConverted = false AND OwnerId IN ({queues}) LIMIT {claims}"
    )
    token, moved = people.become(story["username"]), 0
    at_once = max(1, claims // 10)
    for first in range(0, len(rows), at_once):
        page = [
            {"attributes": {"type": "Lead"}, "id": row["Id"], "OwnerId": story["user"]}
            for row in rows[first : first + at_once]
        ]
        answer = requests.patch(
            f"{url}{API}/composite/sobjects", json={"allOrNone": False, "records": page},
            headers={"Authorization": f"Bearer {token}"}, timeout=60,
        )  # fmt: skip
        moved += sum(1 for each in answer.json() if each["success"])
        people.let_time_pass(1)
    return moved


def _quiet(loop: Loop, connector: Connector) -> None:
    """Turns as the daemon takes them, until nothing waits and every echo is back."""
    for _ in range(60):
        turn = loop.turn()
        with connector.store.reading() as view:
            waiting = view.outbox.counts()
        if turn.quiet and not any(waiting[state] for state in _OPEN):
            return
        time.sleep(0.2 if turn.more else connector.settings.sync.poll_every)


def _idle(connector: Connector, loop: Loop, seconds: int) -> float:
    before, started = connector.org.budget().calls, time.monotonic()
    while time.monotonic() - started < seconds:
        loop.turn()
        time.sleep(connector.settings.sync.poll_every)
    return sum(_spent(before, connector).values()) / (time.monotonic() - started)


def _spent(before: object, connector: Connector) -> dict[str, int]:
    known = dict(before)  # type: ignore[call-overload]
    return {
        kind: count - known.get(kind, 0)
        for kind, count in connector.org.budget().calls.items()
        if count > known.get(kind, 0)
    }


def run(*, full: bool = False) -> list[Figure]:
    return measure(CLAIMS, FULL_IDLE if full else IDLE)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--claims", type=int, default=CLAIMS)
    options.add_argument("--idle", type=int, default=IDLE)
    chosen = options.parse_args()
    show(measure(chosen.claims, chosen.idle), "API calls")


if __name__ == "__main__":
    main()
