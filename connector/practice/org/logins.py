"""Users as logins, and the session tokens they carry."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.practice.org.storage import load
from connector.practice.org.user import Access, User
from connector.practice.schema import ObjectPermission, PermissionSet, Schema

ADMINISTRATOR = "System Administrator"


def build_user(connection: sqlite3.Connection, schema: Schema, user_id: str) -> User | None:
    """The login of a User row; None when there is none.

    A System Administrator may do everything, records locked by an approval included. Internal staff whose
    permission sets speak of no object stand for profiles that show all fields. Everybody else sees of the
    shipped objects and fields what the permission sets grant, and nothing more.
    """
    row = load(connection, schema.object("User"), user_id)
    if row is None:
        return None
    profile = load(connection, schema.object("Profile"), row["ProfileId"]) if row["ProfileId"] else None
    names = [
        found[0]
        for found in connection.execute("SELECT PermissionSet FROM _assigned WHERE UserId = ?", (user_id,))
    ]
    sets = [schema.permission_sets[name] for name in names if name in schema.permission_sets]
    administrator = profile is not None and profile["Name"] == ADMINISTRATOR
    user_type = row["UserType"] or "Standard"
    staff = user_type == "Standard" and not any(each.objects or each.fields for each in sets)
    return User(
        id=row["Id"],
        username=row["Username"] or "",
        name=row["Name"] or "",
        email=row["Email"] or "",
        profile_id=row["ProfileId"] or "",
        user_type=user_type,
        account_id=row["AccountId"],
        contact_id=row["ContactId"],
        language=row["LanguageLocaleKey"] or "en_US",
        locale=row["LocaleSidKey"] or "en_US",
        time_zone=row["TimeZoneSidKey"] or "GMT",
        is_active=bool(row["IsActive"]),
        custom_permissions=frozenset(name for each in sets for name in each.custom_permissions),
        user_permissions=frozenset(name for each in sets for name in each.user_permissions),
        edits_locked=administrator,
        access=Access(everything=True) if administrator or staff else _access(schema, sets),
    )


def _access(schema: Schema, sets: list[PermissionSet]) -> Access:
    objects: dict[str, ObjectPermission] = {}
    fields: dict[str, tuple[bool, bool]] = {}
    for each in sets:
        for name, granted in each.objects.items():
            objects[name] = _either(objects.get(name), granted)
        for name, (reads, edits) in each.fields.items():
            before = fields.get(name, (False, False))
            fields[name] = (before[0] or reads or edits, before[1] or edits)
    return Access(objects=objects, fields=fields, governed=schema.shipped)


def _either(one: ObjectPermission | None, other: ObjectPermission) -> ObjectPermission:
    if one is None:
        return other
    return ObjectPermission(
        create=one.create or other.create,
        read=one.read or other.read,
        edit=one.edit or other.edit,
        delete=one.delete or other.delete,
        view_all=one.view_all or other.view_all,
        modify_all=one.modify_all or other.modify_all,
    )


@dataclass(kw_only=True)
class _Session:
    user_id: str
    ends: datetime | None


class Sessions:
    """Tokens in force. A token is `<15-character org id>!<rest>`."""

    def __init__(self, organization_id: str) -> None:
        self._head = organization_id[:15]
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}

    def issue(self, user_id: str, ends: datetime | None) -> str:
        token = f"{self._head}!AQ{secrets.token_urlsafe(69)}".replace("-", "_")
        with self._lock:
            self._sessions[token] = _Session(user_id=user_id, ends=ends)
        return token

    def user_id(self, token: str, now: datetime) -> str | None:
        session = self._sessions.get(token)
        if session is None or (session.ends is not None and session.ends <= now):
            return None
        return session.user_id

    def revoke(self, token: str) -> bool:
        with self._lock:
            return self._sessions.pop(token, None) is not None

    def expire(self, token: str, now: datetime) -> bool:
        session = self._sessions.get(token)
        if session is None:
            return False
        session.ends = now - timedelta(seconds=1)
        return True

    def expire_all(self, now: datetime) -> int:
        with self._lock:
            live = [each for each in self._sessions.values() if each.ends is None or each.ends > now]
            for session in live:
                session.ends = now - timedelta(seconds=1)
        return len(live)
