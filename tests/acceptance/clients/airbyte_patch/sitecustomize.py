"""Sends calls for the login host that the connector hard-codes to the practice org, and changes nothing else."""

import os
from typing import Any

import requests.adapters

_LOGIN = "https://login.salesforce.com"
_send = requests.adapters.HTTPAdapter.send


def _to_practice(
    self: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any
) -> requests.Response:
    if request.url and request.url.startswith(_LOGIN):
        request.url = os.environ["PRACTICE_URL"] + request.url.removeprefix(_LOGIN)
    return _send(self, request, *args, **options)


requests.adapters.HTTPAdapter.send = _to_practice  # type: ignore[method-assign]
