"""The catalogues that ship, read once."""

from functools import cache

from connector import places
from connector.messages import LANGUAGES, Speaker, parse


@cache
def texts() -> dict[str, str]:
    return {name: (places.catalogues() / f"{name}.po").read_text("utf-8") for name in LANGUAGES}


@cache
def speaker(zone: str = "Europe/Berlin") -> Speaker:
    return Speaker({name: parse(text, name) for name, text in texts().items()}, zone=zone)
