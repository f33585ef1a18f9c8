"""Every rule by its name, with the requirements that it serves, so that what it does can be proved.

A rule is one function that yields findings, all of them under the rule's own name. It is looked up in `RULES` each
time it is applied: a test that silences it there sees exactly its findings vanish, and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec

from connector.canonical.verdict import Finding

P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule: the name that its findings carry, the requirement ids that it serves, and what it finds."""

    name: str
    serves: tuple[str, ...]
    function: Callable[..., Iterable[Finding]]

    def silenced(self) -> "Rule":
        """The same rule, finding nothing."""
        return replace(self, function=_nothing)


RULES: dict[str, Rule] = {}
"""Every rule, filled as the modules of rules are imported; `connector.rules.fold` imports them all."""


def rule(
    name: str, *serves: str
) -> Callable[[Callable[P, Iterable[Finding]]], Callable[P, Iterator[Finding]]]:
    """Register a function as the rule `name`, which serves these requirement ids (`R3.7`).

    Raises:
        ValueError: another function is registered under that name already.
    """

    def register(function: Callable[P, Iterable[Finding]]) -> Callable[P, Iterator[Finding]]:
        if name in RULES:
            raise ValueError(f"two rules are called {name!r}: {RULES[name].function} and {function}")
        RULES[name] = Rule(name=name, serves=serves, function=function)

        @wraps(function)
        def applied(*given: P.args, **named: P.kwargs) -> Iterator[Finding]:
            yield from RULES[name].function(*given, **named)

        applied.__name__ = name  # a rule that fails is reported under its name
        return applied

    return register


def _nothing(*_given: Any, **_named: Any) -> tuple[Finding, ...]:
    return ()
