"""The admin's files: mappings and policies of the chosen profiles, read together, every fault in one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connector import places
from connector.canonical.fault import Fault
from connector.canonical.own import OwnFields
from connector.mapping import ProfileMapping, based_on, completed, load_mapping, merge, placeless
from connector.messages import LANGUAGES
from connector.policy import Mention, load_policy, mentions, profile_of
from connector.policy.model import Policies, Policy
from connector.policy.text import PolicyText
from connector.policy.together import Written, disagreements


class Faulty(Exception):
    """Profiles with faults: every one of them, found in one run."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiles:
    """What the admin's files say, before an org is asked."""

    mapping: ProfileMapping | None
    policies: Policies
    faults: tuple[Fault, ...]
    mentions: tuple[Mention, ...] = ()
    """What the policies name that only the org can confirm."""
    texts: Mapping[str, PolicyText] = field(default_factory=dict)
    """Each policy version as its admin wrote it, by its label."""


def read_profiles(names: Sequence[str]) -> Profiles:
    """Load each profile's mapping and every version of its policy; faults are collected, not raised."""
    read = _Files()
    for name in names:
        read.profile(places.profile(name))
    united: ProfileMapping | None = None
    if read.mappings:
        united, found = merge(list(read.mappings.values()))
        read.faults += found
    read.load_policies(united.own if united else {})
    return Profiles(
        mapping=united,
        policies=Policies(versions=tuple(read.policies.values())),
        faults=tuple(read.faults),
        mentions=tuple(read.named),
        texts=read.texts,
    )


class _Files:
    """The files of some profiles, each read once."""

    def __init__(self) -> None:
        self.mappings: dict[Path, ProfileMapping] = {}
        self.policies: dict[str, Policy] = {}
        self.faults: list[Fault] = []
        self.named: list[Mention] = []
        self.texts: dict[str, PolicyText] = {}
        self._seen: set[Path] = set()
        self._rules: list[tuple[Path, str]] = []

    def profile(self, folder: Path) -> None:
        """A folder without a `mapping.yaml` of its own uses that of the profile that its policy names.

        One without a policy of its own uses that of the profile that its mapping is based on.
        """
        own = folder / "mapping.yaml"
        if own.exists():
            self._mapping(own)
            self._policies(rules_of(folder))
            return
        before = len(self._rules)
        named = self._policies(folder)
        if not named and len(self._rules) > before:
            self.faults.append(_without_mapping(folder / "policy.yaml"))
        for name in named:
            try:
                self._mapping(places.profile(name) / "mapping.yaml")
            except FileNotFoundError as unknown:
                place = _shown(folder / "policy.yaml")
                self.faults.append(
                    Fault(file=place, where="profile", found=f"{name!r}", expected=str(unknown))
                )

    def _mapping(self, path: Path) -> None:
        text = self._read(path)
        if text is None:
            return
        mapping, found = load_mapping(text, _shown(path))
        self.faults += found
        if mapping and mapping.based_on:
            mapping = self._completed(mapping, path)
        if mapping:
            self.mappings[path] = mapping

    def _completed(self, own: ProfileMapping, path: Path) -> ProfileMapping | None:
        """The mapping with the other sections of the profile that it is based on."""
        try:
            below = places.profile(own.based_on) / "mapping.yaml"
            base, faults = load_mapping(text_of(below), _shown(below))
        except FileNotFoundError as unknown:
            place, found = _shown(path), f"{own.based_on!r}"
            self.faults.append(Fault(file=place, where="based_on", found=found, expected=str(unknown)))
            return None
        self.faults += faults
        self.faults += placeless(own, base) if base else ()
        return completed(own, base) if base else None

    def _policies(self, folder: Path) -> list[str]:
        """Notes every version, to be read once the mapping is known; the profiles whose mapping they borrow."""
        named: dict[str, None] = {}
        for path in places.policy_files(folder):
            text = self._read(path)
            if text is None:
                continue
            self._rules.append((path, text))
            if profile := profile_of(text, _shown(path)):
                named[profile] = None
        return list(named)

    def load_policies(self, own: OwnFields) -> None:
        """Reads every policy that was noted; `own` are the fields that the mappings add to the canonical words."""
        for path, text in self._rules:
            policy, found = load_policy(text, _shown(path), LANGUAGES, own)
            self.faults += found
            self.named += mentions(text, _shown(path))
            if policy is not None and policy.label in self.policies:
                self.faults.append(_twice(path, policy))
            if policy is not None:
                self.policies.setdefault(policy.label, policy)
                self.texts.setdefault(policy.label, PolicyText(_shown(path), text))
        self.faults += disagreements(
            [Written(policy=each, text=self.texts[label]) for label, each in self.policies.items()]
        )

    def _read(self, path: Path) -> str | None:
        """None for a file that was read before, and for one whose bytes are no text."""
        if path in self._seen:
            return None
        self._seen.add(path)
        try:
            return text_of(path)
        except Faulty as unreadable:
            self.faults += unreadable.faults
            return None


def _without_mapping(policy: Path) -> Fault:
    """The folder of a programme without a mapping whose policy does not say which one serves."""
    serves = "`profile: deal_registration`, or another profile whose mapping serves; or a mapping.yaml beside this file"
    return Fault(file=_shown(policy), where="profile", found="nothing", expected=serves)


def rules_of(folder: Path) -> Path:
    """The folder whose policy a profile's records are judged by: its own, else that of the profile below it."""
    mapping = folder / "mapping.yaml"
    if (folder / "policy.yaml").exists() or not mapping.exists():
        return folder
    try:
        below = based_on(text_of(mapping), _shown(mapping))
        return places.profile(below) if below else folder
    except (FileNotFoundError, Faulty):  # told where the mapping itself is read
        return folder


def _twice(path: Path, policy: Policy) -> Fault:
    return Fault(
        file=_shown(path),
        where="version",
        found=f"version {policy.version} of {policy.policy!r} for the second time",
        expected="one file for each version of a policy",
        fix="give the changed policy the next version number",
    )


def text_of(path: Path) -> str:
    """The file's text. Raises Faulty for one that is not UTF-8; its bytes are not repeated: it may be a secret."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        before = raw[: wrong.start]
        fault = Fault(
            file=_shown(path),
            line=before.count(b"\n") + 1,
            column=wrong.start - before.rfind(b"\n"),
            found=f"byte {wrong.start + 1} of the file, which is not UTF-8",
            expected="a text in UTF-8",
            fix="save the file as UTF-8",
        )
        raise Faulty((fault,)) from None


def _shown(path: Path) -> str:
    """The path as a person would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
