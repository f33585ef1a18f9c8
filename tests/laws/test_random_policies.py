"""Laws 6, 7, 10 and 18 under random policies: a part of `python -m tests.laws.campaign`, which plays a thousand."""

import pytest

from tests.laws import campaign
from tests.support import oracle

HISTORIES = 60


def test_histories_under_random_policies_end_as_a_naive_reader_would_rule() -> None:
    shapes = campaign.campaign(HISTORIES, seed=7)
    for shape in ("claims", "filings", "ties", "lateness", "merges"):
        assert shapes[shape] >= HISTORIES // 20, shapes


@pytest.mark.parametrize(
    ("attribute", "wrong"),
    [
        ("_before", lambda *_: False),
        ("_merge", lambda *_: None),
        ("_release", lambda *_: None),
    ],
    ids=["nobody was first", "merges forgotten", "releases forgotten"],
)
def test_an_oracle_with_other_rules_is_contradicted(
    monkeypatch: pytest.MonkeyPatch, attribute: str, wrong: object
) -> None:
    monkeypatch.setattr(oracle.Claims, attribute, wrong)
    with pytest.raises(AssertionError, match="naive reader"):
        campaign.campaign(HISTORIES, seed=7)


def test_an_oracle_without_quotas_is_contradicted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = campaign._oracle

    def boundless(*given: object) -> oracle.Claims:
        made = real(*given)  # type: ignore[arg-type]
        made.quota = dict.fromkeys(made.firms.values())
        made.own_quota = None
        return made

    monkeypatch.setattr(campaign, "_oracle", boundless)
    with pytest.raises(AssertionError, match="naive reader"):
        campaign.campaign(HISTORIES, seed=7)
