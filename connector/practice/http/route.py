"""A route: a path template, the verbs it knows and who may call it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from connector.practice.http.call import Answer, Call

Endpoint = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """`Route("/services/data/v{version}/limits", {"GET": limits})`.

    `{name}` takes one path segment, `{name:path}` the rest. A trailing slash is always allowed. The name
    `version` takes only a version number. `login` asks for a session; `counted` adds the call to
    `Sforce-Limit-Info` and sends that header.
    """

    path: str
    endpoints: Mapping[str, Endpoint]
    login: bool = True
    counted: bool = True

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The template as a regular expression over the whole decoded path."""
        parts = re.split(r"\{(\w+)(:path)?\}", self.path.rstrip("/"))
        out = [re.escape(parts[0])]
        for name, tail, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            shape = r"\d{1,3}\.\d" if name == "version" else ".+?" if tail else "[^/]+"
            out.append(f"(?P<{name}>{shape})" + re.escape(literal))
        return re.compile("".join(out) + "/?")


@dataclass(frozen=True)
class Found:
    """A route that fits a path, with the values of its `{names}`."""

    route: Route
    places: Mapping[str, str]


def find_route(routes: Sequence[Route], path: str) -> Found | None:
    """Return the first route whose template fits `path`, in the order given."""
    for route in routes:
        fit = route.pattern.fullmatch(path)
        if fit:
            return Found(route, fit.groupdict())
    return None
