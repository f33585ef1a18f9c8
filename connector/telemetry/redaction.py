"""Secrets never reach a log: known values and token shapes are blotted out of every event."""

import re
from collections.abc import Iterable, MutableMapping
from typing import Any

BLOT = "[redacted]"
_SHAPES = re.compile(
    r"00D[0-9A-Za-z]{12}![0-9A-Za-z._]+"  # session ids
    r"|(?<=Bearer )\S+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",  # user:password in a URL
    re.DOTALL,
)
_NAMES = re.compile(r"secret|token|password|private_key|authorization|assertion", re.IGNORECASE)


class Redactor:
    """A structlog processor. `secrets` are values known from the settings."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        return {
            name: BLOT if _NAMES.search(name) and value else self.clean(value)
            for name, value in event.items()
        }

    def clean(self, value: Any) -> Any:
        """The value without secrets; containers are cleaned throughout."""
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, BLOT)
            return _SHAPES.sub(BLOT, value)
        if isinstance(value, dict):
            return {k: BLOT if _NAMES.search(str(k)) and v else self.clean(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.clean(item) for item in value)
        return value
