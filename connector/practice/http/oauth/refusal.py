"""How the OAuth endpoints refuse: an object of `error` and `error_description`, never the REST array."""

from __future__ import annotations

from collections.abc import Callable

from connector.practice.http.call import Answer, Call


class OAuthError(Exception):
    """A refused login: `error` is the word for machines, `description` the sentence for people."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status

    def answer(self) -> Answer:
        """The answer on the wire."""
        return Answer(status=self.status, body={"error": self.error, "error_description": self.description})


def refusable(endpoint: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """The endpoint, its `OAuthError` turned into the answer that tells it."""

    def answered(call: Call) -> Answer:
        try:
            return endpoint(call)
        except OAuthError as refused:
            return refused.answer()

    return answered
