from __future__ import annotations

import pytest

from connector.salesforce.redaction import redacted


@pytest.mark.parametrize(
    "text",
    [
        "token 00D000000000001!AQ.HUSH_x refused",
        "Authorization: Bearer HUSH",
        "grant_type=x&client_secret=HUSH&b=1",
        '{"access_token": "HUSH"}',
        "assertion=eyJhbGciOi.eyJpc3MiOi.HUSH",
        "-----BEGIN RSA PRIVATE KEY-----\nHUSH\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nHUSH",
    ],
)
def test_a_secret_is_hidden_wherever_it_turns_up(text: str) -> None:
    assert "HUSH" not in redacted(text)


def test_a_known_secret_is_hidden_in_any_place() -> None:
    assert redacted("he said pa55 twice: pa55", ["pa55"]) == "he said [hidden] twice: [hidden]"


def test_an_ordinary_message_is_left_alone() -> None:
    text = "No such column 'Bearer__c' on entity 00D000000000001AAA"
    assert redacted(text) == text
