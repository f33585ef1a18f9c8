"""Accounts, people and tasks bear no priority, but the daemon's mirror of them is to be exact as well."""

from __future__ import annotations

from tests.contract.mirror.ground import Org
from tests.contract.mirror.installation import Installation


def test_the_daemon_finds_late_commits_and_hard_deletes_of_accounts(
    org: Org, installation: Installation
) -> None:
    gone, renamed = org.create("Account", Name="Geht"), org.create("Account", Name="Alt")
    loop = installation.start()
    org.transaction(
        "slow",
        {"op": "update", "object": "Account", "id": renamed, "values": {"Name": "Neu"}},
        {"op": "insert", "object": "Account", "values": {"Name": "Spaet"}},
    )
    org.pass_time(120)
    org.create("Account", Name="Vorbei")
    org.pass_time(60)
    loop.turn(watermark=True)
    org.commit("slow")
    org.delete("Account", gone)
    org.act("empty_bin")
    org.pass_time(120)
    loop.turn(watermark=True)
    assert len(installation.differences()) > 0
    loop._confirmed_all -= 3600
    loop.turn(watermark=True)
    assert installation.differences() == []
    assert installation.stopped() == {}
