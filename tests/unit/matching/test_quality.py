"""The matcher against labelled pairs, where they lie beside the checkout."""

import pytest

from tests.benchmarks.matching_quality import (
    DATA,
    judged_pairs,
    left_out,
    quality,
    recall_at_precision,
    site_quality,
)

pytestmark = pytest.mark.skipif(
    not (DATA / "zh_company_pairs.csv").exists(), reason=f"the labelled pairs are not at {DATA}"
)


def test_chinese_pairs_reach_their_targets() -> None:
    pairs = judged_pairs("zh_company_pairs.csv")
    assert quality(pairs).f1 >= 0.95
    assert recall_at_precision(pairs, 0.98) >= 0.90
    assert left_out(pairs).f1 >= 0.95


def test_organisation_names_reach_their_target() -> None:
    pairs = judged_pairs("company_pairs.csv")
    assert quality(pairs).f1 >= 0.86
    assert left_out(pairs).f1 >= 0.86


@pytest.mark.slow
def test_sites_are_recognised_by_name_address_and_phone() -> None:
    figures = site_quality()
    assert figures["same"].precision >= 0.93
    assert figures["same or unsure"].recall >= 0.85
    assert figures["sharing a key"].recall >= 0.97
