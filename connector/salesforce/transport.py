"""One way to call the org: time-outs always, retries by what the org said, one new token after a 401.

A call is an immutable `Ask`; every try sends the same one, so a precondition header survives each retry and
each new token (simple-salesforce loses it there).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import IO

import requests
import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import HTTPError

from connector.ports.org import UNKNOWN_OUTCOME, BudgetSpent, DaemonStopped, OrgFault, RetryLater
from connector.salesforce.call import Answer, Ask, Token
from connector.salesforce.errors import NOT_DONE, complaints, fault, is_session
from connector.salesforce.meter import Meter, OrgClock
from connector.salesforce.redaction import redacted
from connector.salesforce.session import TimedSession
from connector.salesforce.settings import OrgSettings

Guard = Callable[[], float]
"""Asked before every call: seconds left on our lease; raises when it is lost (law 19)."""

MOVED = frozenset({301, 302, 307, 308})
_log = structlog.get_logger(__name__)
_CHUNK = 1 << 20
_QUESTION = re.compile(r"\?\S+")
_LATER = 30.0  # seconds a caller should leave a call alone after all tries failed


class Transport:
    """Sends asks with a token got from `login`, which is asked again when the org refuses the last one."""

    def __init__(
        self,
        settings: OrgSettings,
        session: TimedSession,
        login: Callable[[], Token],
        *,
        clock: OrgClock,
        meter: Meter,
        renewable: bool,
        guard: Guard | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.clock = clock
        self.meter = meter
        self._settings = settings
        self._session = session
        self._login = login
        self._renewable = renewable
        self._guard = guard
        self._sleep = sleep
        self._token: Token | None = None
        self._token_lock = threading.Lock()
        self._backoff = wait_random_exponential(multiplier=settings.backoff, max=settings.backoff_limit)

    def instance_url(self) -> str:
        return self._current(None).instance_url

    def close(self) -> None:
        self._session.close()

    def call(self, ask: Ask, *, sink: IO[bytes] | None = None) -> Answer:
        """Send until answered or given up; raises an OrgFault.

        With a `sink` the body goes there, from its start at each try, and the answer's own body is empty.
        """
        retrying = Retrying(
            stop=stop_after_attempt(self._settings.attempts),
            wait=self._wait,
            retry=retry_if_exception(_worth_another_try),
            sleep=self._sleep,
            before_sleep=_tell,
            reraise=True,
        )
        try:
            return retrying(self._with_token, ask, sink)
        except RetryLater as given_up:
            given_up.delay = given_up.delay or _LATER
            raise

    def _wait(self, state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        named = failure.delay if isinstance(failure, RetryLater) else 0.0
        return max(named, float(self._backoff(state)))

    def _with_token(self, ask: Ask, sink: IO[bytes] | None) -> Answer:
        """One try, with one new token when the org refuses the one we have."""
        token = self._current(None)
        answer = self._send(ask, token, sink)
        if not self._stale(answer):
            return self._judged(ask, answer)
        answer = self._send(ask, self._current(token), sink)
        if self._stale(answer):
            raise DaemonStopped(
                f"{ask}: the org refuses a token it has just given: {self._said(answer)}",
                code=complaints(answer.status, answer.body)[0].code,
            )
        return self._judged(ask, answer)

    def _current(self, refused: Token | None) -> Token:
        """The token all calls share; a new one when none is held or the one held is the refused one."""
        with self._token_lock:
            if self._token is None or self._token is refused:
                if refused is not None and not self._renewable:
                    raise DaemonStopped(
                        "the org refuses the access token, and it cannot be renewed: give a new one, or set"
                        " private_key_file or client_secret"
                    )
                self._token = self._login()
            return self._token

    def _send(self, ask: Ask, token: Token, sink: IO[bytes] | None) -> Answer:
        left = self._guard() if self._guard else None
        if left is not None and left <= 0:
            raise RetryLater(
                "our lease on this org ran out before this call: nothing was sent; the next turn takes it anew",
                delay=0.0,
            )
        self.meter.free(ask.kind) if ask.kind == "login" else self.meter.spend(ask.kind)
        headers = {"Authorization": f"Bearer {token.text}", "Accept": "application/json", **ask.headers}
        if ask.body is not None:
            headers.setdefault("Content-Type", "application/json; charset=UTF-8")
        connect, read = self._settings.connect_timeout, self._settings.read_timeout
        if left is not None:
            connect, read = min(connect, left), min(read, left)
        try:
            with self._session.request(
                ask.method,
                token.instance_url + ask.path,
                params=dict(ask.params) or None,
                headers=headers,
                data=ask.body,
                timeout=(connect, read),
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._read(response, sink)
        except (requests.RequestException, HTTPError) as failure:
            raise self._lost(ask, failure) from failure

    def _read(self, response: requests.Response, sink: IO[bytes] | None) -> Answer:
        self.clock.note(response.headers.get("Date"))
        self.meter.note(response.headers.get("Sforce-Limit-Info"))
        body = b""
        if sink is not None and response.ok:
            sink.seek(0)
            sink.truncate()
            for chunk in response.iter_content(_CHUNK):
                sink.write(chunk)
        else:
            body = response.content
        return Answer(status=response.status_code, headers=response.headers, body=body)

    def _stale(self, answer: Answer) -> bool:
        if answer.status in MOVED:  # the org moved to another instance; a new login says where
            return True
        return answer.status >= 400 and is_session(complaints(answer.status, answer.body)[0], answer.status)

    def _judged(self, ask: Ask, answer: Answer) -> Answer:
        if answer.status < 300 or answer.status in ask.passed:
            return answer
        complaint = complaints(answer.status, answer.body)[0]
        complaint = complaint._replace(message=self._clean(complaint.message))
        refusal = fault(complaint, call=str(ask))
        if isinstance(refusal, RetryLater) and not isinstance(refusal, BudgetSpent):
            if not ask.repeatable and complaint.code not in NOT_DONE:
                raise RetryLater(
                    f"{refusal}; it may have been done all the same", code=UNKNOWN_OUTCOME, delay=_LATER
                )
            refusal.delay = _retry_after(answer.headers.get("Retry-After"))
        raise refusal

    def _lost(self, ask: Ask, failure: Exception) -> OrgFault:
        """The fault for a call that got no answer: never sent, or perhaps done."""
        # The address holds the question, and the question may hold personal data.
        reason = _QUESTION.sub("?…", f"{type(failure).__name__}: {failure}")
        text = self._clean(f"{ask}: no answer: {reason}")
        if isinstance(failure, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
            return DaemonStopped(text)
        if ask.repeatable or _never_sent(failure):
            return RetryLater(text, delay=0.0)
        return RetryLater(f"{text}; it may have been done", code=UNKNOWN_OUTCOME, delay=_LATER)

    def _said(self, answer: Answer) -> str:
        return self._clean(complaints(answer.status, answer.body)[0].message)

    def _clean(self, text: str) -> str:
        held = self._token.text if self._token else None
        return redacted(text, (*self._settings.secrets(), *([held] if held else [])))


def _worth_another_try(failure: BaseException) -> bool:
    return (
        isinstance(failure, RetryLater)
        and not isinstance(failure, BudgetSpent)
        and failure.code != UNKNOWN_OUTCOME
    )


def _tell(state: RetryCallState) -> None:
    failure = state.outcome.exception() if state.outcome else None
    pause = state.next_action.sleep if state.next_action else 0.0
    _log.info("calling again", attempt=state.attempt_number, pause=round(pause, 2), reason=str(failure))


def _never_sent(failure: Exception) -> bool:
    """True when no byte of the request can have reached the org."""
    if isinstance(failure, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return isinstance(failure, requests.exceptions.ConnectionError) and "NewConnectionError" in repr(failure)


def _retry_after(header: str | None) -> float:
    return min(float(header), 300.0) if header and header.isdigit() else 0.0
