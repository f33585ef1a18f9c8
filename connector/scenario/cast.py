"""The cast of a story in a practice org: partner firms, queues and users, as an administrator sets them up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import PersonState
from connector.practice.clock import stamp_of
from connector.practice.org import Org, User
from connector.practice.schema import PermissionSet
from connector.scenario.given import Whole
from connector.scenario.rows import Rows
from connector.scenario.story import Item

PARTNER_PROFILE, STAFF_PROFILE = "Partner Community User", "Standard User"
PARTNER_RIGHTS = "Channel_Partner"
OWN_RIGHTS = "Own_Fields"
QUEUED = ("Lead", "Deal_Registration__c", "Channel_Conflict__c")


class Cast:
    """Sets up what nobody could create by REST alone: `IsPartner`, a last login, membership of queues."""

    def __init__(self, org: Org, rows: Rows, idents: dict[RecordId, str]) -> None:
        self._org, self._rows, self._idents = org, rows, idents
        self._profiles: dict[str, str] = self._known("Profile", "Name")

    def enter(self, items: Sequence[Item], whole: Whole) -> None:
        """Firms, queues and people of a story, in that order, with the org's ids."""
        by_kind = {kind: [item for item in items if item.kind is kind] for kind in Kind}
        for item in by_kind[Kind.PARTNER]:
            self._idents[item.ident] = self._org.new_id("Account")
        for item in by_kind[Kind.PARTNER]:
            fields = self._rows.fields(Kind.PARTNER, whole.values(item))
            self._insert("Account", {**fields, "Id": self._idents[item.ident], "IsPartner": True})
        queues = self._known("Group", "DeveloperName")
        for item in by_kind[Kind.POOL]:
            values = whole.values(item)
            self._idents[item.ident] = queues.get(values["name"]) or self._queue(values)
        for item in by_kind[Kind.PERSON]:
            self._idents[item.ident] = self._user(item.name, whole.values(item))
            if item.may:
                self._grant(item)
        for pool in by_kind[Kind.POOL]:
            for person in by_kind[Kind.PERSON]:
                self._insert(
                    "GroupMember",
                    {"GroupId": self._idents[pool.ident], "UserOrGroupId": self._idents[person.ident]},
                )

    def logs_in(self, ident: RecordId) -> None:
        """A person's first login, which ends the invitation."""
        self._org.note_login(self._idents[ident])

    def keeps_dates(self, user: str | None) -> None:
        """Lets a user, or the administrator, set the audit fields of what is created."""
        self._org.grant((self._org.user(user) if user else None) or self._org.admin, "CreateAuditFields")

    def _grant(self, item: Item) -> None:
        """Rights that the org's administrator gave one person, by a permission set of its own."""
        fields = {field: (True, True) for each in item.may if "." in each for field in self._editable(each)}
        permissions = frozenset(each for each in item.may if "." not in each)
        name = f"Story_{item.name}"
        made = PermissionSet(name=name, label=item.name, fields=fields, custom_permissions=permissions)
        self._org.schema.permission_sets = {**self._org.schema.permission_sets, name: made}
        self._org.assign(self._idents[item.ident], name)

    def _editable(self, right: str) -> Iterable[str]:
        """`registration.extension_review` as the profile maps it, on whatever object; `Object.Field` as it stands."""
        kind, _, attribute = right.partition(".")
        if kind not in set(Kind):
            return (right,)
        sections = self._rows.mapping.of(Kind(kind))
        return [f"{each.object}.{each.read[attribute].field}" for each in sections if attribute in each.read]

    def _grant_own(self, user: str) -> None:
        """Partners fill in the programme's own fields of a filing: their administrator added those to the form."""
        section = self._rows.mapping.of(Kind.REGISTRATION)
        fields = [
            f"{each.object}.{entry.field}" for each in section for entry in each.read.values() if entry.own
        ]
        if fields:
            made = PermissionSet(
                name=OWN_RIGHTS,
                label=OWN_RIGHTS,
                fields=dict.fromkeys(fields, (True, True)),
                custom_permissions=frozenset(),
            )
            self._org.schema.permission_sets = {**self._org.schema.permission_sets, OWN_RIGHTS: made}
            self._org.assign(user, OWN_RIGHTS)

    def _queue(self, values: Mapping[str, Any]) -> str:
        ident = self._org.new_id("Group")
        row = {"Id": ident, "Name": values["label"], "DeveloperName": values["name"], "Type": "Queue"}
        self._insert("Group", row)
        for name in QUEUED:
            self._insert("QueueSobject", {"QueueId": ident, "SobjectType": name})
        return ident

    def opened(self, name: str, values: Mapping[str, Any], by: str | None) -> str:
        """An account that somebody opens in the course of the story; its id."""
        return self._user(name, values, self._org.user(by) if by else None)

    def _user(self, called: str, values: Mapping[str, Any], by: User | None = None) -> str:
        ident, firm = self._org.new_id("User"), values.get("firm")
        name = f"{called.lower()}@story.example"
        contact = None
        if firm:
            contact = self._org.new_id("Contact")
            person = {"Id": contact, "AccountId": self._idents[firm], "LastName": values["name"]}
            self._insert("Contact", person | {"Name": values["name"]})
        state = values.get("state", PersonState.ACTIVE)
        self._insert(
            "User",
            {
                **self._rows.fields(Kind.PERSON, values),
                "Id": ident,
                "Username": name,
                "Email": name,
                "LastName": values["name"],
                "Name": values["name"],
                "Alias": called[:8].lower(),
                "CommunityNickname": called.lower(),
                "IsActive": state is not PersonState.INACTIVE,
                "LastLoginDate": None if state is PersonState.INVITED else stamp_of(self._org.now()),
                "LanguageLocaleKey": values.get("locale", "en_US"),
                "LocaleSidKey": values.get("locale", "en_US"),
                "TimeZoneSidKey": "Europe/Berlin",
                "EmailEncodingKey": "UTF-8",
                "ProfileId": self._profiles[PARTNER_PROFILE if firm else STAFF_PROFILE],
                "UserType": "PowerPartner" if firm else "Standard",
                "DefaultCurrencyIsoCode": "EUR",
                "IsPartner": bool(firm),
                "IsPortalEnabled": bool(firm),
                "ContactId": contact,
                "AccountId": self._idents[firm] if firm else None,
            },
            by,
        )
        if firm:
            for rights in self._org.schema.permission_sets:
                if rights.startswith(PARTNER_RIGHTS):
                    self._org.assign(ident, rights)
            self._grant_own(ident)
        return ident

    def _insert(self, name: str, row: Mapping[str, Any], by: User | None = None) -> None:
        stored = {key: value for key, value in row.items() if value is not None}
        self._org.bulk_insert(name, [stored], actor=by)

    def _known(self, name: str, by: str) -> dict[str, str]:
        rows = self._org.reader().execute(f'SELECT "{by}", "Id" FROM "{name}"').fetchall()  # noqa: S608
        return {str(key): str(ident) for key, ident in rows}
