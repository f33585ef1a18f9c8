"""Answers a SOAP call beyond `login`: who asks, what is asked, and the fault where it is refused."""

from __future__ import annotations

from connector.practice.http.call import Answer, Call
from connector.practice.http.meter import Meter
from connector.practice.http.soap import metadata, partner
from connector.practice.http.soap.envelope import answered, fault, read_message
from connector.practice.org import ApiError

_METADATA = "http://soap.sforce.com/2006/04/metadata"
_APIS = {"c": "enterprise", "m": "metadata", "u": "partner"}
_SESSION = "Invalid Session ID found in SessionHeader: Illegal Session"


def answer_soap(call: Call) -> Answer:
    """Answer a call with a session; every refusal is a fault, as HTTP 500."""
    api = _APIS.get(call.places["api"], "partner")
    own = _METADATA if api == "metadata" else f"urn:{api}.soap.sforce.com"
    faults = own if api == "metadata" else f"urn:fault.{api}.soap.sforce.com"
    operations = metadata.OPERATIONS if api == "metadata" else partner.OPERATIONS
    try:
        message = read_message(call.text)
        operation = operations.get(message.operation)
        if operation is None:
            words = f"No operation available for request {{{own}}}{message.operation}"
            raise ApiError(500, "UNKNOWN_EXCEPTION", words)  # noqa: TRY301 - the refusal is the same
        user = call.service.org.user_by_token(message.header("SessionHeader", "sessionId"))
        if user is None:
            return fault(faults, "INVALID_SESSION_ID", _SESSION, "UnexpectedErrorFault")
        used = call.service.keep(Meter, Meter).count()
        inner = operation(call.replace(login=user, depth=1), message)
    except ApiError as refused:
        kind = {
            "MALFORMED_QUERY": "MalformedQueryFault",
            "INVALID_FIELD": "InvalidFieldFault",
            "INVALID_TYPE": "InvalidSObjectFault",
            "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
        }.get(refused.error_code, "ApiFault")
        return fault(faults, refused.error_code, refused.message, kind)
    return answered(own, message.operation, inner, (used, call.service.settings.daily_limit))
