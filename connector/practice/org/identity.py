"""Who may log in, and with which token."""

from __future__ import annotations

from datetime import timedelta

from connector.practice.org.foundation import Foundation
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.org.logins import build_user
from connector.practice.org.user import User
from connector.practice.schema import PermissionSet


class Identity(Foundation):
    """Logins, permission sets and tokens."""

    def user(self, user_id: str) -> User | None:
        """The login of a User row."""
        if not is_well_formed(user_id):
            return None
        key = to18(user_id)
        found_user = self._core.users.get(key)
        if found_user is None:
            found_user = build_user(self.reader(), self.schema, key)
            if found_user is not None:
                self._core.users[key] = found_user
        return found_user

    def user_by_username(self, username: str) -> User | None:
        """The login of that username, whatever its case."""
        row = self.reader().execute("SELECT Id FROM User WHERE Username = ?", (username,)).fetchone()
        return self.user(row[0]) if row else None

    def users(self) -> list[User]:
        """Every login, in order of creation."""
        rows = self.reader().execute("SELECT Id FROM User ORDER BY Id").fetchall()
        return [user for row in rows if (user := self.user(row[0])) is not None]

    def assign(self, user_id: str, permission_set: str) -> None:
        """Assign a permission set of the project; ValueError when there is none of that name."""
        if permission_set not in self.schema.permission_sets:
            known = ", ".join(self.schema.permission_sets) or "none"
            raise ValueError(f"no permission set {permission_set}; the project ships: {known}")
        with self._writing(self.admin) as tx:
            tx.write(
                "INSERT OR IGNORE INTO _assigned (UserId, PermissionSet) VALUES (?, ?)",
                (user_id, permission_set),
            )
            self._core.users.pop(user_id, None)

    def grant(self, user: User, permission: str) -> None:
        """Give a user one user permission, such as `CreateAuditFields`, by a permission set of its own."""
        name = f"Practice_{permission}"
        with self._lock:
            made = PermissionSet(name=name, label=permission, user_permissions=frozenset({permission}))
            self.schema.permission_sets = {**self.schema.permission_sets, name: made}
        self.assign(user.id, name)

    def note_login(self, user_id: str) -> None:
        """The user has logged in: the org keeps when (`LastLoginDate`)."""
        with self._writing(self.admin) as tx:
            tx.write(
                "UPDATE User SET LastLoginDate = ?, SystemModstamp = ? WHERE Id = ?",
                (tx.stamp, tx.stamp, user_id),
            )
            self._core.users.pop(user_id, None)

    def issue_token(self, user: User, *, lifetime: float | None = None) -> str:
        """A new session token, `<15-character org id>!…`; `lifetime` in practice seconds."""
        ends = None if lifetime is None else self.now() + timedelta(seconds=lifetime)
        return self._sessions.issue(user.id, ends)

    def user_by_token(self, token: str) -> User | None:
        """The login behind a token; None when it is unknown, expired or revoked, or the user inactive."""
        user_id = self._sessions.user_id(token, self.now())
        found_user = self.user(user_id) if user_id else None
        return found_user if found_user is not None and found_user.is_active else None

    def revoke(self, token: str) -> bool:
        """End a token for good; whether there was one."""
        return self._sessions.revoke(token)

    def expire(self, token: str) -> bool:
        """Let a token run out now; whether there was one."""
        return self._sessions.expire(token, self.now())

    def expire_all(self) -> int:
        """Let every token run out now; how many."""
        return self._sessions.expire_all(self.now())
