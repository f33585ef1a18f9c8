"""Bad input gets one clear error that names the thing, the place and the fix, and the exit code that fits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connector.cli.exit import Exit
from tests.unit.cli.conftest import Run

Config = Callable[[str], str]

READING = ("status", "outbox list", "ledger verify", "check", "sync", "run", "reconcile")
"""Verbs that read settings and need no further words."""


@pytest.mark.parametrize("verb", READING)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'log_level = "loud"',
            "setting log_level: Input should be 'debug', 'info', 'warning' or 'error', found 'loud'",
        ),
        ("lease_seconds = 1", "setting lease_seconds: Input should be greater than or equal to 10, found 1"),
        ("colour = 1", "setting colour: there is no such setting"),
        ("profiles = []", "setting profiles:"),
        ("[org]\napi_share = 7", "setting org.api_share: Input should be less than or equal to 1, found 7"),
        ('[org]\napi_version = "abc"', "setting org.api_version: String should match pattern"),
        ("x = = 1", "settings.toml is not a TOML file: Invalid value (at line 1, column 5)"),
    ],
)
def test_a_bad_setting_is_named_with_what_was_expected(
    connector: Run, config: Config, verb: str, text: str, said: str
) -> None:
    done = connector(*verb.split(), "--config", config(text))
    assert (done.exit_code, done.stdout) == (Exit.FAULTS, "")
    assert said in done.stderr


@pytest.mark.parametrize("verb", READING)
@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("client_secret", "client_secret_file"),
        ("access_token", "CONNECTOR_ORG__ACCESS_TOKEN"),
        ("private_key", "private_key_file"),
        ("password", "private_key_file"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    connector: Run, config: Config, verb: str, name: str, fix: str
) -> None:
    done = connector(*verb.split(), "--config", config(f'[org]\n{name} = "hunter2"'))
    assert done.exit_code == Exit.FAULTS
    assert f"[org] {name} is a secret" in done.stderr
    assert fix in done.stderr
    assert "hunter2" not in done.output


def test_a_secret_under_a_wrong_name_in_the_environment_is_not_repeated(connector: Run) -> None:
    done = connector("check", CONNECTOR_ORG__PASSWORD="hunter2")
    assert done.exit_code == Exit.FAULTS
    assert "setting org.password: there is no such setting" in done.stderr
    assert "hunter2" not in done.output


def test_a_file_that_is_not_text_is_named(connector: Run, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xff\xfe")
    done = connector("check", "--config", str(path))
    assert done.exit_code == Exit.FAULTS
    assert "settings.toml is not a TOML file" in done.stderr


@pytest.mark.parametrize("verb", READING)
def test_a_settings_file_that_does_not_exist_is_wrong_usage(connector: Run, verb: str) -> None:
    done = connector(*verb.split(), "--config", "nowhere.toml")
    assert done.exit_code == Exit.USAGE
    assert "nowhere.toml" in done.stderr


def test_a_variable_that_is_not_json_is_named(connector: Run) -> None:
    done = connector("check", CONNECTOR_PROFILES="partner_leads")
    assert done.exit_code == Exit.FAULTS
    assert '"profiles"' in done.stderr
    assert "expected JSON" in done.stderr


@pytest.mark.parametrize("verb", ["check --offline", "explain 00Q000000000001"])
def test_an_unknown_profile_is_answered_with_the_shipped_ones(
    connector: Run, config: Config, verb: str
) -> None:
    done = connector(*verb.split(), "--config", config('profiles = ["nope"]'))
    assert done.exit_code == Exit.FAULTS
    assert "profile 'nope': no such folder, and shipped are deal_registration, lead_warehouse" in done.stderr


def test_check_takes_an_unknown_profile_by_option_the_same_way(connector: Run) -> None:
    done = connector("check", "--profile", "nope")
    assert done.exit_code == Exit.FAULTS
    assert "shipped are deal_registration, lead_warehouse" in done.stderr


def test_the_practice_org_names_the_profiles_that_it_can_seed(connector: Run) -> None:
    done = connector("practice", "serve", "--profile", "nope")
    assert done.exit_code == Exit.FAULTS
    assert "profile 'nope': shipped are partner_leads, deal_registration" in done.stderr


@pytest.mark.parametrize("words", ["--port 99999", "--latency slow", "--leads -1", "--seed x"])
def test_the_practice_org_refuses_a_value_out_of_range(connector: Run, words: str) -> None:
    done = connector("practice", "serve", *words.split())
    assert done.exit_code == Exit.USAGE
    assert words.split(maxsplit=1)[0] in done.stderr


@pytest.mark.parametrize(
    "verb",
    [
        "status",
        "outbox list",
        "outbox retry 1",
        "outbox discard 1",
        "ledger verify",
        "explain 00Q000000000001",
    ],
)
def test_a_database_without_an_org_says_what_to_run_first(connector: Run, verb: str) -> None:
    done = connector(*verb.split(), CONNECTOR_DATABASE="sqlite:///fresh.db")
    assert (done.exit_code, done.stdout) == (Exit.FAULTS, "")
    assert done.stderr == "error: sqlite:///fresh.db holds no org yet: run `connector sync --once` first\n"


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("mysql://host/db", Exit.FAULTS, "give `sqlite:///path` or `postgresql://user@host/database`"),
        (
            "sqlite:///text.db",
            Exit.FAULTS,
            "the database cannot be used: file is not a database. See the setting `database`.",
        ),
        (
            "sqlite:///.",
            Exit.FAULTS,
            "the database cannot be used: unable to open database file",
        ),
        # nobody answers there: it may be an outage, and a supervisor should try again
        (
            "postgresql://u:hunter2@127.0.0.1:1/db",
            Exit.PAUSED,
            "the database cannot be used: connection failed",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_one_error(
    connector: Run, tmp_path: Path, url: str, code: Exit, said: str
) -> None:
    (tmp_path / "text.db").write_text(
        "this is a text and no database, long enough to be taken for one\n" * 40
    )
    done = connector("status", CONNECTOR_DATABASE=url)
    assert done.exit_code == code
    assert said in done.stderr
    assert "hunter2" not in done.output


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("explain 001", "'001' is not a Salesforce id: expected 15 or 18 letters and digits"),
        ("explain 00Q00000000000!", "is not a Salesforce id"),
        ("outbox retry one", "valid integer"),
        ("outbox list --state lost", "lost"),
        ("status --nope", "No such option: --nope"),
        ("frobnicate", "frobnicate"),
        ("outbox retry", "Missing argument"),
        ("demo --leads 3", "--leads"),
    ],
)
def test_wrong_words_are_wrong_usage(connector: Run, mirrored: str, verb: str, said: str) -> None:
    done = connector(*verb.split(), CONNECTOR_DATABASE=mirrored)
    assert done.exit_code == Exit.USAGE
    assert said in done.stderr


@pytest.mark.parametrize("verb", ["retry", "discard"])
def test_an_unknown_outbox_number_says_where_the_numbers_are(
    connector: Run, mirrored: str, verb: str
) -> None:
    done = connector("outbox", verb, "99", CONNECTOR_DATABASE=mirrored)
    assert done.exit_code == Exit.NOT_FOUND
    assert "none of 99 is waiting or dead: see `connector outbox list`" in done.stderr


def test_a_record_that_was_never_judged_is_not_found(connector: Run, mirrored: str) -> None:
    done = connector("explain", "00Q000000000009", CONNECTOR_DATABASE=mirrored)
    assert done.exit_code == Exit.NOT_FOUND
    assert "the ledger holds nothing about 00Q000000000009" in done.stderr


def test_a_reading_verb_leaves_no_empty_database_behind(connector: Run, tmp_path: Path) -> None:
    """A mistyped address stays what it is: a place where nothing is."""
    typo = tmp_path / "elsewhere" / "connector.db"
    done = connector("explain", "00Q000000000009", CONNECTOR_DATABASE=f"sqlite:///{typo}")
    assert done.exit_code == Exit.FAULTS
    assert "holds no org yet: run `connector sync --once` first" in done.stderr
    assert not typo.parent.exists()


@pytest.mark.parametrize("verb", ["sync", "run", "reconcile"])
def test_without_a_login_the_verb_says_which_ones_there_are(connector: Run, verb: str) -> None:
    done = connector(verb)
    assert done.exit_code == Exit.REFUSED
    assert "no way to log in: set access_token, private_key_file or client_secret" in done.stderr


def test_a_missing_key_file_is_named(connector: Run, config: Config) -> None:
    text = '[org]\nclient_id = "c"\nusername = "u"\nprivate_key_file = "nokey.pem"'
    done = connector("check", "--config", config(text))
    assert done.exit_code == Exit.FAULTS
    assert "nokey.pem: No such file or directory" in done.stderr


def test_a_token_that_the_org_does_not_know_is_a_refused_login(connector: Run, org: dict[str, str]) -> None:
    done = connector("check", **{**org, "CONNECTOR_ORG__ACCESS_TOKEN": "00D!stale"})
    assert done.exit_code == Exit.REFUSED, done.output
    assert "00D!stale" not in done.output


def test_the_demo_keeps_its_database_in_a_new_file_only(connector: Run, tmp_path: Path) -> None:
    """Another org's database would let its day go wrong for a reason that nobody could see."""
    there = tmp_path / "demo.db"
    there.touch()
    done = connector("demo", "--keep", str(there))
    assert done.exit_code == Exit.USAGE
    assert "exists" in done.stderr


def test_a_language_that_nothing_is_written_in_is_a_mistake_and_not_english(connector: Run) -> None:
    done = connector("explain", "00Q000000000001", "--language", "dk")
    assert done.exit_code == Exit.USAGE
    assert "nothing is written in 'dk': expected one of en, da, de, es, zh_CN" in done.stderr


def test_a_backtest_that_ends_before_it_begins_is_a_mistake(connector: Run, tmp_path: Path) -> None:
    policy = tmp_path / "next.yaml"
    policy.touch()
    words = ("backtest", "--policy", str(policy), "--since", "2026-02-01", "--until", "2026-01-01")
    done = connector(*words)
    assert done.exit_code == Exit.USAGE
    assert "--until 2026-01-01 is before --since 2026-02-01" in done.stderr


@pytest.mark.parametrize("verb", [("backtest", "--policy", "POLICY"), ("report", "deals")])
def test_a_day_that_is_none_is_told_with_one_that_is(
    connector: Run, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    policy = tmp_path / "next.yaml"
    policy.touch()
    done = connector(*(str(policy) if word == "POLICY" else word for word in verb), "--since", "22.11.2026")
    assert done.exit_code == Exit.USAGE
    assert "'22.11.2026' is no day" in done.stderr
    assert "2026-11-22" in done.stderr  # one that is, in the frame's next line


def test_a_key_taken_for_a_policy_is_not_printed(connector: Run, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIN0\n-----END PRIVATE KEY-----\n")
    done = connector("backtest", "--policy", str(key), "--since", "2026-02-01")
    assert done.exit_code == Exit.FAULTS
    assert "found a text, expected a table" in done.stderr
    assert "MC4CAQAwBQYDK2VwBCIEIN0" not in done.output
