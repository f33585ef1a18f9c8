"""The wheel holds everything that the installed connector needs, and finds it without the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.code import ROOT

pytestmark = pytest.mark.slow

ASK = """
import sys
from pathlib import Path
import connector
from connector import places
from connector.bootstrap import speaker
from connector.profiles import read_profiles
from connector.canonical.ids import OrgId, record_id
from connector.messages import LANGUAGES
from connector.store import open_store

here = Path(sys.argv[1]).resolve()
assert Path(connector.__file__).resolve().is_relative_to(here), connector.__file__
for name in ("mappings", "deploy/salesforce"):
    assert places.shipped(name).resolve().is_relative_to(here), places.shipped(name)
assert (places.shipped("deploy/salesforce") / "sfdx-project.json").exists()
profiles = read_profiles(("partner_leads", "deal_registration"))
assert profiles.mapping is not None and profiles.faults == (), profiles.faults
assert all((places.catalogues() / f"{language}.po").exists() for language in LANGUAGES)
speaker(profiles.mapping)
open_store("sqlite:///packaged.db", OrgId(record_id("00D000000000001"))).close()
print("found everything")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--no-index", "--quiet",
        "--disable-pip-version-check", "--wheel-dir", str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("channel_connector-*.whl"))


@pytest.mark.parametrize(
    "part",
    [
        "connector/_data/mappings/partner_leads/mapping.yaml",
        "connector/_data/mappings/deal_registration/policy.yaml",
        "connector/_data/mappings/policy.schema.json",
        "connector/_data/salesforce/sfdx-project.json",
        "connector/messages/catalogues/en.po",
        "connector/store/migrations/versions/r0001_first.py",
        "connector/practice/soql/grammar.lark",
        "connector/practice/schema/standard/org.yaml",
        "connector/py.typed",
    ],
)
def test_the_wheel_holds(wheel: Path, part: str) -> None:
    assert part in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_holds_no_tests_and_no_database(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.startswith("tests/") or name.endswith((".db", ".pyc"))] == []


def test_the_unpacked_wheel_finds_its_files_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    paths = [str(tmp_path / "site"), *(path for path in sys.path if path.endswith("site-packages"))]
    isolated = f"import sys; sys.path[:0] = {paths!r}\n"  # -S: no .pth leads back to the checkout
    command = [sys.executable, "-I", "-S", "-c", isolated + ASK, str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "found everything", done.stderr
