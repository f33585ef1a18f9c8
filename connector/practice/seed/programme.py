"""Seed an org with a partner programme.

What it asks of the org: `bulk_insert(object, rows)` takes whole rows, `Id`, audit fields and owner included, for
every object of the schema, history objects and read-only fields too (`IsConverted`, `UserType`, `LastLoginDate`), and
fills in only what a row leaves out. Rows that are there already (organization, profiles, currencies, queues, the
administrator, the integration user) are found by name and kept.

`load_schema(project, declared=[CUSTOMER_SCHEMA])` adds the field and the rule of a customer's own that make the
poison record; without them that story is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from connector.practice.org import Org

CUSTOMER_SCHEMA = Path(__file__).parent / "customer.yaml"
INTEGRATION_PROFILE = "Minimum Access - API Only Integrations"
PROFILES = ("partner_leads", "deal_registration")

Stories: TypeAlias = Mapping[str, Mapping[str, str]]
"""Story name to {role: record id, username or text}."""


def seed(org: Org, *, seed: int, leads: int, profile: str | None = None) -> Stories:
    """Fill `org` with about `leads` leads and all that belongs to them; answers the stories' records.

    The same `seed`, `leads` and clock give the same rows. `profile` names the shipped profile the org is to
    serve; both play in one programme, so it changes nothing but is checked.
    """
    raise NotImplementedError
