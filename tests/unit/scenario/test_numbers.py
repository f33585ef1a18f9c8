"""What a story calls a number that the org gives by itself."""

import pytest

from connector.scenario.numbers import Numbers


@pytest.mark.parametrize(
    ("said", "entered"),
    [
        ("DR-1", "DR-000007"),
        (" dr-1", " dr-000007"),
        ("dr-1 ", "dr-000007 "),
        ("DR-2", "DR-2"),
        ("DR-10", "DR-10"),
    ],
)
def test_a_number_is_entered_as_the_org_gave_it_and_mistyped_as_the_story_mistypes_it(
    said: str, entered: str
) -> None:
    numbers = Numbers()
    numbers.learn("DR-1", "DR-000007")
    assert numbers.told(said) == entered
