"""Authorization codes and refresh tokens that are still good."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Code:
    """What an authorization code stands for; `challenge` is PKCE's, empty when none was sent."""

    username: str
    redirect_uri: str
    challenge: str = ""


class GrantsGiven:
    """Codes work once; refresh tokens until they are revoked."""

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, str] = {}
        self._lock = threading.Lock()

    def give_code(self, code: Code) -> str:
        """Remember the code and return its text."""
        text = "aPrx" + secrets.token_urlsafe(40)
        with self._lock:
            self._codes[text] = code
        return text

    def take_code(self, text: str) -> Code | None:
        """The code behind the text, which is spent by this."""
        with self._lock:
            return self._codes.pop(text, None)

    def give_refresh(self, username: str) -> str:
        """Return a new refresh token for the user."""
        text = "5Aep861" + secrets.token_urlsafe(48)
        with self._lock:
            self._refresh[text] = username
        return text

    def username_of_refresh(self, text: str) -> str | None:
        """Whose refresh token this is; None when it is unknown or revoked."""
        return self._refresh.get(text)

    def revoke_refresh(self, text: str) -> bool:
        """Forget the refresh token; whether there was one."""
        with self._lock:
            return self._refresh.pop(text, None) is not None
