"""A thin reading of Metadata API XML: children by tag, text and flags, namespaces set aside."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET


class Element:
    """One element of a metadata file."""

    def __init__(self, node: ET.Element) -> None:
        self._node = node

    @property
    def tag(self) -> str:
        return self._node.tag.rpartition("}")[2]

    def all(self, tag: str) -> list[Element]:
        """The children of that tag, in order."""
        return [Element(node) for node in self._node if node.tag.rpartition("}")[2] == tag]

    def one(self, tag: str) -> Element | None:
        """The first child of that tag."""
        return next(iter(self.all(tag)), None)

    def children(self) -> list[Element]:
        return [Element(node) for node in self._node]

    def text(self, tag: str) -> str | None:
        """The text of the first child of that tag; None when there is none or it is empty."""
        child = self.one(tag)
        return child.value if child is not None else None

    @property
    def value(self) -> str | None:
        return self._node.text.strip() or None if self._node.text else None

    def flag(self, tag: str) -> bool:
        return self.text(tag) == "true"

    def number(self, tag: str, default: int = 0) -> int:
        return int(self.text(tag) or default)


def read_metadata(path: Path) -> Element:
    """The root element of a metadata file; ValueError naming the file when it is not XML."""
    try:
        return Element(ET.fromstring(path.read_text(encoding="utf-8")))  # noqa: S314 - the project's own files
    except ET.ParseError as fault:
        raise ValueError(f"{path}: not well-formed XML ({fault}); deploy would refuse it too") from fault
