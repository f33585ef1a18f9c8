"""What the pages name exists: rules, settings, files, links, verbs, dependencies."""

import importlib.metadata
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.canonical import docket, fact, verdict
from connector.policy.file import policy_schema
from connector.settings import load
from tests.architecture.code import ROOT, rule_ids
from tests.architecture.pages import commands, keys, options

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def table(name: str, first: str) -> list[list[str]]:
    """Rows of a page's tables whose first cell fits the pattern."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in read(name).splitlines()
        if line[:1] == "|"
    ]
    return [row for row in rows if re.fullmatch(first, row[0])]


def quoted(text: str) -> list[str]:
    """What stands between backticks, fenced blocks left out."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", read(name))
    here = (ROOT / name).parent
    assert [link for link in links if "://" not in link and not (here / link).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_a_page_names_exists(name: str) -> None:
    named = {
        word
        for word in quoted(read(name))
        if re.fullmatch(r"(connector|tests|docs|deploy|mappings)/[\w/.\-]+", word)
    }
    assert [word for word in sorted(named) if not (ROOT / word).exists()] == []


def shown_commands(name: str) -> Iterator[list[str]]:
    """Every `connector …` that a page shows as code."""
    for said in (*quoted(read(name)), *fenced(read(name))):
        if found := re.search(r"(?:^|[\s/])connector ([a-z][^#]*)", said):
            yield shlex.split(found[1].replace("…", ""))


def fenced(text: str) -> Iterator[str]:
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_a_page_shows_is_one(name: str) -> None:
    verbs, groups = commands(), {verb.split()[0] for verb in commands() if " " in verb}
    for words in shown_commands(name):
        verb = " ".join(words[:2]) if words[0] in groups else words[0]
        if verb in groups:
            continue
        assert verb in verbs, words
        known = {opt for each in options(verbs[verb]) for opt in each.opts} | {"--help"}
        assert {word for word in words if word.startswith("-")} <= known, words


def test_the_readme_and_the_guides_do_show_commands() -> None:
    assert {words[0] for words in shown_commands("README.md")} >= {
        "check",
        "run",
        "sync",
        "config",
        "explain",
        "demo",
    }


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = {
        word
        for page in NAMES
        for word in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", read(page), re.MULTILINE)
    }
    assert {one or other for one, other in named} <= targets


def test_every_rule_is_documented_and_no_other() -> None:
    rows = table("docs/rules.md", r"`[a-z_]+`")
    assert {quoted(row[0])[0] for row in rows} == rule_ids()


def test_every_rules_settings_are_keys_of_the_policy() -> None:
    known = {path for path, _ in keys(policy_schema(), "")}
    named = {key for row in table("docs/rules.md", r"`[a-z_]+`") for key in quoted(row[2])}
    assert named <= known
    assert len(named) > 15


def test_every_law_has_a_place_and_the_tests_it_names_speak_of_it() -> None:
    rows = table("docs/laws.md", r"\d+")
    assert [row[0] for row in rows] == [str(number) for number in range(1, 22)]
    for number, _, where, tests in rows:
        assert quoted(where)
        for test in quoted(tests):
            assert re.search(rf"\blaws? (\d+(, | and | to ))*{number}\b", read(test), re.IGNORECASE), (
                number,
                test,
            )


@pytest.mark.parametrize(
    "number", ["1", "2", "3", "4", "5", "6", "8", "9", "10", "11", "12", "13", "14", "16"]
)
def test_the_laws_that_this_release_proves_have_a_property_test(number: str) -> None:
    row = next(row for row in table("docs/laws.md", r"\d+") if row[0] == number)
    assert any(test.startswith("tests/laws/") for test in quoted(row[3]))


def test_every_property_test_of_a_law_stands_in_the_page_of_the_laws() -> None:
    files = {f"tests/laws/{path.name}" for path in (ROOT / "tests" / "laws").glob("test_*.py")}
    named = {test for row in table("docs/laws.md", r"\d+") for test in quoted(row[3])}
    assert len(files) > 10
    assert files - named == set()


def test_the_glossary_holds_the_words_that_the_code_uses_once_each() -> None:
    words = [row[0] for row in table("docs/glossary.md", r"[a-z][a-z\- ]+") if row[0] != "word"]
    assert len(words) == len(set(words)) > 60
    for module in (docket, fact, verdict):
        names = {name.removesuffix("Entry").casefold() for name in vars(module) if name.endswith("Entry")}
        assert names - {""} <= {*words, *(word.replace("-", "") for word in words), "credit"}
    assert {"seal", "provisional", "horizon", "wish", "letter", "guard", "note", "echo", "docket"} <= set(
        words
    )


def test_every_dependency_is_named_with_its_licence() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[>=<; ]", each)[0] for each in asked}
    rows = {quoted(row[0])[0]: row for row in table("docs/adr/dependencies.md", r"`[\w.\-]+`")}
    assert set(rows) == names
    assert [name for name, row in rows.items() if not row[1] or not row[2]] == []


def test_no_package_that_is_installed_is_gpl() -> None:
    for each in importlib.metadata.distributions():
        meta = each.metadata
        said = [*(meta.get_all("License-Expression") or []), *(meta.get_all("Classifier") or [])]
        text = " ".join(word for word in said if "GPL" in word or "GNU" in word)
        assert not re.search(r"(?<!L)GPL|Affero|(?<!Lesser )General Public", text), each.metadata["Name"]


def test_every_decision_is_listed_and_says_what_was_rejected() -> None:
    files = sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = read("docs/adr/README.md")
    assert [name for name in files if f"({name})" not in listed] == []
    assert [name for name in files if "**Decided.**" not in read(f"docs/adr/{name}")] == []
    assert [
        name for name in files if not re.search(r"\*\*(Rejected|Why not)", read(f"docs/adr/{name}"))
    ] == []


def test_the_example_file_in_the_page_loads(tmp_path: Path) -> None:
    text = read("docs/configuration.md").partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "connector.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "connector.toml").lease_seconds == 60


def test_the_service_unit_starts_a_verb_and_does_not_restart_on_what_a_person_must_mend() -> None:
    unit = read("deploy/systemd/channel-connector.service")
    assert re.search(r"^ExecStart=\S+/bin/connector run$", unit, re.MULTILINE)
    assert "RestartPreventExitStatus=2 3 4\n" in unit
    assert re.findall(r"^\[(\w+)\]$", unit, re.MULTILINE) == ["Unit", "Service", "Install"]
