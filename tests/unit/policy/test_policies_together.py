"""Two policies on one org: what they say in two ways of the same records is pointed out, with both places."""

from connector.policy.file import load_policy
from connector.policy.text import PolicyText
from connector.policy.together import Written, disagreements
from connector.profiles import read_profiles

STAGES = "stages: {{2: {{needs: [budget_known]}}}}\npartners: {{may_enter: {{from: 2, until: {until}}}}}\n"


def written(name: str, body: str, *, version: int = 1, day: str = "2026-01-01") -> Written:
    text = f"policy: {name}\nversion: {version}\nin_force: {day}\n{body}"
    policy, faults = load_policy(text, f"{name}.yaml")
    assert policy is not None, faults
    return Written(policy=policy, text=PolicyText(f"{name}.yaml", text))


def notes(*policies: Written) -> list[str]:
    found = disagreements(policies)
    assert all(each.note for each in found)
    return [str(each) for each in found]


def test_a_latest_stage_other_than_the_stage_until_which_partners_enter_names_both_policies_and_lines() -> (
    None
):
    (said,) = notes(written("deals", "latest_stage: 4\n"), written("process", STAGES.format(until=6)))
    assert said.startswith("process.yaml:5:")
    assert "'process' (6)" in said
    assert "'latest_stage' in 'deals', deals.yaml:4:15 (4)" in said


def test_the_same_is_seen_whichever_of_the_two_was_read_first() -> None:
    (said,) = notes(written("process", STAGES.format(until=6)), written("deals", "latest_stage: 4\n"))
    assert said.startswith("deals.yaml:4:15: note: latest_stage:")
    assert "'partners.may_enter.until' in 'process', process.yaml:5:" in said


def test_stages_that_agree_are_not_mentioned() -> None:
    assert notes(written("deals", "latest_stage: 4\n"), written("process", STAGES.format(until=4))) == []


def test_of_two_policies_on_registrations_the_one_that_is_not_heard_is_named() -> None:
    (said,) = notes(
        written("newer", "latest_stage: 4\n", day="2026-02-01"),
        written("older", "minimum_amount: 5000 EUR\n"),
    )
    assert said.startswith("older.yaml:4:17: note: minimum_amount:")
    assert "'newer' (newer.yaml) has some too, and is heard instead" in said


def test_versions_of_one_policy_contradict_nobody() -> None:
    assert (
        notes(written("deals", "latest_stage: 4\n"), written("deals", "latest_stage: 5\n", version=2)) == []
    )


def test_only_the_newest_version_of_a_policy_is_compared() -> None:
    old, new = written("deals", "latest_stage: 4\n"), written("deals", "latest_stage: 6\n", version=2)
    assert notes(old, new, written("process", STAGES.format(until=6))) == []


def test_who_is_the_same_customer_has_to_be_one_thing() -> None:
    one, other = "same_customer: {branch: same}\n", "same_customer: {branch: different}\n"
    (said,) = notes(written("deals", one), written("process", other))
    assert "when two records are the same customer" in said


def test_the_stage_lines_of_two_shipped_profiles_are_faults_and_their_policies_notes() -> None:
    found = read_profiles(["staged_sales", "deal_registration"]).faults
    (line,) = [each for each in found if each.where == "opportunity.read.stage"]
    assert not line.note
    assert line.file.endswith("deal_registration/mapping.yaml")
    assert "staged_sales/mapping.yaml:" in line.expected
    (limit,) = [each for each in found if each.where == "latest_stage"]
    assert limit.note
    assert limit.file.endswith("deal_registration/policy.yaml")
    assert "'partners.may_enter.until'" in limit.expected
    assert "staged_sales/policy.yaml:" in limit.expected
