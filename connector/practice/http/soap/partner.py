"""The calls of the partner and enterprise API that clients still make beside REST, run as REST runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from connector.practice.clock import stamp_of
from connector.practice.http.call import Call
from connector.practice.http.dispatch import dispatch_subrequest
from connector.practice.http.soap.envelope import NIL, Message, element, page, sobject
from connector.practice.org import ApiError, User

# What stands in an sObject beside its fields.
_NO_FIELDS = frozenset({"type", "fieldsToNull"})


def user_info(call: Call, user: User) -> dict[str, str]:
    """Return what a login and `getUserInfo` tell of a user."""
    return {
        "accessibilityMode": "false",
        "chatterExternal": "false",
        "currencySymbol": "€",
        "orgAttachmentFileSizeLimit": "5242880",
        "orgDefaultCurrencyIsoCode": "EUR",
        "orgDisallowHtmlAttachments": "false",
        "orgHasPersonAccounts": "false",
        "organizationId": call.service.org.organization_id,
        "organizationMultiCurrency": "true",
        "organizationName": "Practice",
        "profileId": user.profile_id,
        "sessionSecondsValid": "7200",
        "userDefaultCurrencyIsoCode": "EUR",
        "userEmail": user.email or user.username,
        "userFullName": user.name,
        "userId": user.id,
        "userLanguage": user.language,
        "userLocale": user.locale,
        "userName": user.username,
        "userTimeZone": user.time_zone,
        "userType": user.user_type,
        "userUiSkin": "Theme3",
    }


def _rest(call: Call, method: str, path: str, body: object = None, **headers: str) -> Any:
    """Return the body of a REST call of the same login; its refusal is raised."""
    base = f"/services/data/v{call.version}/"
    answer = dispatch_subrequest(call, method, base + path, headers, body)
    if answer.status >= 400:
        told: Any = answer.body
        raise ApiError(answer.status, told[0]["errorCode"], told[0]["message"])
    return answer.body


def _user(call: Call, _message: Message) -> str:
    return element("result", user_info(call, call.user))


def _timestamp(call: Call, _message: Message) -> str:
    return element("result", {"timestamp": stamp_of(call.service.org.now())})


def _global(call: Call, _message: Message) -> str:
    told = _rest(call, "GET", "sobjects")
    return element("result", {**told, "sobjects": [_bare(each) for each in told["sobjects"]]})


def _bare(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a describe without its addresses, which only REST has."""
    kept = {key: value for key, value in told.items() if key != "urls"}
    for key in ("fields", "childRelationships", "recordTypeInfos"):
        if key in kept:
            kept[key] = [_bare(each) for each in kept[key]]
    return kept


def _described(call: Call, name: str) -> dict[str, Any]:
    schema = call.service.org.schema
    if not schema.has(name):
        raise ApiError(500, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return _bare(_rest(call, "GET", f"sobjects/{quote(name)}/describe"))


def _describe(call: Call, message: Message) -> str:
    names = message.listed("sObjectType")
    return "".join(element("result", _described(call, str(each))) for each in names)


def _query(call: Call, message: Message) -> str:
    resource = "queryAll" if message.operation == "queryAll" else "query"
    size = message.header("QueryOptions", "batchSize")
    options = {"Sforce-Query-Options": f"batchSize={size}"} if size else {}
    told = _rest(call, "GET", f"{resource}?q={quote(message.text('queryString'))}", **options)
    return f'<result xsi:type="QueryResult">{page(told)}</result>'


def _more(call: Call, message: Message) -> str:
    told = _rest(call, "GET", f"query/{quote(message.text('queryLocator'))}")
    return f'<result xsi:type="QueryResult">{page(told)}</result>'


def _retrieve(call: Call, message: Message) -> str:
    name, ids = message.text("sObjectType"), ",".join(map(str, message.listed("ids")))
    fields = message.text("fieldList").replace(" ", "")
    found = _rest(call, "GET", f"composite/sobjects/{quote(name)}?ids={quote(ids)}&fields={quote(fields)}")
    return "".join(f"<result{NIL}" if each is None else sobject(each, "result") for each in found)


def _rows(message: Message) -> list[dict[str, Any]]:
    """Return the sObjects of a save as records of the REST API."""
    made = []
    for each in message.listed("sObjects"):
        given = {key: value for key, value in each.items() if key not in _NO_FIELDS}
        empty = each.get("fieldsToNull") or []
        given |= dict.fromkeys(empty if isinstance(empty, list) else [empty])
        made.append({"attributes": {"type": each.get("type", "")}, **given})
    return made


def _headers(message: Message) -> dict[str, str]:
    """Return what a save's SOAP headers ask for, as the headers of REST."""
    made = {}
    assigned = message.header("AssignmentRuleHeader", "useDefaultRule")
    if assigned:
        made["Sforce-Auto-Assign"] = assigned
    allowed = message.header("DuplicateRuleHeader", "allowSave")
    if allowed:
        made["Sforce-Duplicate-Rule-Header"] = f"allowSave={allowed}"
    return made


def _saved(results: list[dict[str, Any]]) -> str:
    """Return rows of a collection's answer as save results: a row that failed has a nil id."""
    made = []
    for each in results:
        inner = element("created", each.get("created"))
        inner += "".join(
            element("errors", {key: error.get(key) for key in ("fields", "message", "statusCode")})
            for error in each.get("errors") or []
        )
        inner += element("id", each.get("id")) or f"<id{NIL}"
        made.append(f"<result>{inner}{element('success', each['success'])}</result>")
    return "".join(made)


def _save(call: Call, message: Message) -> str:
    body = {"allOrNone": _all_or_none(message), "records": _rows(message)}
    method = "POST" if message.operation == "create" else "PATCH"
    return _saved(_rest(call, method, "composite/sobjects", body, **_headers(message)))


def _all_or_none(message: Message) -> bool:
    return message.header("AllOrNoneHeader", "allOrNone") == "true"


def _upsert(call: Call, message: Message) -> str:
    rows = _rows(message)
    key = message.text("externalIDFieldName")
    name = rows[0]["attributes"]["type"] if rows else ""
    body = {"allOrNone": _all_or_none(message), "records": rows}
    path = f"composite/sobjects/{quote(name)}/{quote(key)}"
    return _saved(_rest(call, "PATCH", path, body, **_headers(message)))


def _delete(call: Call, message: Message) -> str:
    ids = ",".join(map(str, message.listed("ids")))
    every = str(_all_or_none(message)).lower()
    return _saved(_rest(call, "DELETE", f"composite/sobjects?ids={quote(ids)}&allOrNone={every}"))


def _undelete(call: Call, message: Message) -> str:
    results = []
    for each in map(str, message.listed("ids")):
        definition = call.service.org.schema.of_id(each)
        if definition is None:
            raise ApiError(500, "INVALID_ID_FIELD", f"invalid record id: {each}")
        done = call.service.org.undelete(definition.name, each, actor=call.user)
        errors = [
            {"statusCode": error.status_code, "message": error.message, "fields": list(error.fields)}
            for error in done.errors
        ]
        results.append({"id": done.id, "success": done.success, "errors": errors})
    return _saved(results)


def _convert(call: Call, message: Message) -> str:
    """Convert leads: REST has no such call, so older clients and tools come here for it."""
    return "".join(_converted(call, each) for each in message.listed("leadConverts"))


def _converted(call: Call, asked: Mapping[str, Any]) -> str:
    lead = str(asked.get("leadId") or "")
    try:
        done = call.service.org.convert(
            lead,
            actor=call.user,
            account_id=asked.get("accountId") or None,
            contact_id=asked.get("contactId") or None,
            opportunity_name=asked.get("opportunityName") or None,
            do_not_create_opportunity=asked.get("doNotCreateOpportunity") == "true",
            owner_id=asked.get("ownerId") or None,
            converted_status=asked.get("convertedStatus") or None,
        )
    except ApiError as refused:
        inner = f"<accountId{NIL}<contactId{NIL}{_error(refused)}{element('leadId', lead)}"
        return f"<result>{inner}<opportunityId{NIL}<success>false</success></result>"
    keys = ("accountId", "contactId", "leadId", "opportunityId")
    told = {**done, "leadId": done.get("leadId") or lead}
    inner = "".join(element(key, told.get(key)) or f"<{key}{NIL}" for key in keys)
    return f"<result>{inner}<success>true</success></result>"


def _merge(call: Call, message: Message) -> str:
    """Merge up to three rows into one: REST has no such call either."""
    return "".join(_merged(call, each) for each in _requests(message))


def _requests(message: Message) -> list[Any]:
    """Return the requests of a merge; jsforce has another word for them than the reference."""
    return message.listed("request") + message.listed("mergeRequests")


def _merged(call: Call, asked: Mapping[str, Any]) -> str:
    master = asked.get("masterRecord") or {}
    losers = asked.get("recordToMergeIds") or []
    values = {key: value for key, value in master.items() if key not in {*_NO_FIELDS, "Id"}}
    try:
        done = call.service.org.merge(
            str(master.get("type")),
            str(master.get("Id")),
            [str(each) for each in (losers if isinstance(losers, list) else [losers])],
            actor=call.user,
            values=values,
        )
    except ApiError as refused:
        return f"<result>{_error(refused)}<id{NIL}<success>false</success></result>"
    told = {key: done[key] for key in ("id", "mergedRecordIds")}
    return element("result", {**told, "success": True, "updatedRelatedIds": done["updatedRelatedIds"]})


def _error(refused: ApiError) -> str:
    error = {
        "fields": list(refused.fields or ()),
        "message": refused.message,
        "statusCode": refused.error_code,
    }
    return element("errors", error)


OPERATIONS: Mapping[str, Callable[[Call, Message], str]] = {
    "convertLead": _convert,
    "create": _save,
    "delete": _delete,
    "describeGlobal": _global,
    "describeSObject": _describe,
    "describeSObjects": _describe,
    "getServerTimestamp": _timestamp,
    "getUserInfo": _user,
    "merge": _merge,
    "query": _query,
    "queryAll": _query,
    "queryMore": _more,
    "retrieve": _retrieve,
    "undelete": _undelete,
    "update": _save,
    "upsert": _upsert,
}
