"""What a person of a story may do in the org beyond what the package gives: `may: [registration.extension_review]`."""

from connector.canonical.fault import nearest
from connector.canonical.kind import Kind
from connector.canonical.records import MODELS
from connector.canonical.shape import Word
from connector.scenario.values import attributes


def _right(text: str) -> str:
    kind, _, attribute = text.partition(".")
    if kind in set(Kind) and attribute not in (known := attributes(MODELS[Kind(kind)])):
        near = nearest(attribute, known)
        raise ValueError(f"write {kind}.{near}" if near else f"a {kind} has {', '.join(sorted(known))}")
    return text


RIGHT = Word(
    _right,
    "a custom permission, an Object.Field to edit, or that field's canonical name: registration.extension_review",
)
