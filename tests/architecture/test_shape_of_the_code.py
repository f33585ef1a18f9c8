"""The shape of the code: contracts, sizes, names, docstrings, and nothing of one machine in the repository."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.code import CODE, ROOT, modules, shown, tree

KEPT_OUT = {
    ".venv",
    ".clients",
    ".git",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "build",
}
VAGUE = re.compile(r"^(utils?|helpers?|managers?|handle(s|rs?)?|process(or|ors|ing)?|misc|common)$")
MACHINE = re.compile(r"(?<![\w.])/(work|home|root|Users)/\w")
DOWNLOADS = re.compile(
    r"https?://[^\s\"')>]*("
    + "|".join(("py" + "pi", "python" + "hosted", "arti" + "factory", "nex" + "us"))
    + ")"
)


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the repository that a person wrote."""
    for path in sorted(ROOT.rglob("*")):
        if (
            path.is_file()
            and not KEPT_OUT & set(path.relative_to(ROOT).parts)
            and path.suffix not in {".pyc", ".db"}
        ):
            try:
                yield shown(path), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


def test_imports_run_downhill_only() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_every_room_stands_in_the_layers() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    layers = text.partition("layers = [")[2].partition("]")[0]
    rooms = {path.stem for path in CODE.iterdir() if path.is_dir() or path.suffix == ".py"}
    named = set(re.findall(r"\w+", layers))
    assert rooms - {"__init__", "__main__", "__pycache__", "py"} <= named


def test_no_module_holds_more_than_one_idea() -> None:
    long = {shown(module): len(module.read_text("utf-8").splitlines()) for module in modules()}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_modules_are_nouns() -> None:
    names = [module.relative_to(CODE) for module in modules()]
    assert [
        str(name) for name in names if any(VAGUE.match(part.removesuffix(".py")) for part in name.parts)
    ] == []


def test_every_module_says_what_it_is() -> None:
    filled = [module for module in modules() if module.read_text("utf-8").strip()]
    assert [shown(module) for module in filled if not ast.get_docstring(tree(module))] == []


def test_every_vague_name_would_be_found() -> None:
    assert all(VAGUE.match(name) for name in ("utils", "helper", "manager", "handle", "handlers", "process"))
    assert not VAGUE.match("outbox")


@pytest.mark.parametrize("pattern", [MACHINE, DOWNLOADS], ids=["a path of one machine", "a download host"])
def test_the_repository_names_nothing_of_one_machine(pattern: re.Pattern[str]) -> None:
    found = {name: hit.group() for name, text in texts() if (hit := pattern.search(text))}
    assert found == {}


def test_the_lock_holds_versions_and_hashes_and_no_address() -> None:
    text = (ROOT / "requirements" / "lock.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(blocks) > 50
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert [block.splitlines()[0] for block in blocks if not re.match(r"[\w.\-\[\]]+==\S+", block)] == []
    assert "://" not in text
    assert "index-url" not in text
