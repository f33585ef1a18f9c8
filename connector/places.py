"""Where the files that ship with the connector are, in a checkout and in an installed package."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parent


def shipped(name: str) -> Path:
    """A folder that ships beside the code: `mappings` or `deploy/salesforce`."""
    installed = _HERE / "_data" / name.rpartition("/")[2]
    return installed if installed.exists() else _ROOT / name


def catalogues() -> Path:
    """The folder of message catalogues."""
    return _HERE / "messages" / "catalogues"


def profile(name: str) -> Path:
    """A profile's folder: a path as it stands, else a shipped profile of that name.

    Raises:
        FileNotFoundError: neither exists; the message names the shipped ones.
    """
    given = Path(name)
    if given.is_dir():
        return given
    root = shipped("mappings")
    there = root / name
    if there.is_dir():
        return there
    known = sorted(folder.parent.name for folder in root.glob("*/mapping.yaml"))
    known += sorted(f"programmes/{folder.parent.name}" for folder in root.glob("programmes/*/policy.yaml"))
    raise FileNotFoundError(f"profile {name!r}: no such folder, and shipped are {', '.join(known)}")


def policy_files(folder: Path) -> tuple[Path, ...]:
    """Every version of a profile's policy: `policy.yaml`, then `policy.2.yaml` and its like, then `versions/`."""
    beside = sorted(path for path in folder.glob("policy.*.yaml") if path.name != "policy.yaml")
    return (folder / "policy.yaml", *beside, *sorted((folder / "versions").glob("*.yaml")))
