"""Seed an org with a partner programme.

What it asks of the org: `bulk_insert(object, rows)` takes whole rows, `Id`, audit fields and owner included,
for every object of the schema, history objects and read-only fields too (`IsConverted`, `UserType`,
`LastLoginDate`), and fills in only what a row leaves out. Rows that are there already (profiles, currencies,
queues, the administrator, the integration user) are found by name and kept.

`load_schema(project, declared=[CUSTOMER_SCHEMA])` adds the field and the rule of a customer's own that make
the poison record; without them that story is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from connector.practice.org import Org
from connector.practice.seed.customers import Catalogue, book, place_catalogue
from connector.practice.seed.deal_rows import stream_deals
from connector.practice.seed.ids import Ids
from connector.practice.seed.leads import TYPICAL, plan, stream_leads
from connector.practice.seed.partners import place_partners
from connector.practice.seed.people import INTEGRATION_PROFILE, place_own_people
from connector.practice.seed.registrations import place_registrations
from connector.practice.seed.stories import HELD_IN_STORIES, TOLD, Teller, poison
from connector.practice.seed.times import Times
from connector.practice.seed.world import World

__all__ = ["CUSTOMER_SCHEMA", "INTEGRATION_PROFILE", "PROFILES", "Stories", "seed"]

CUSTOMER_SCHEMA = Path(__file__).parent / "customer.yaml"
PARTNER_PERMISSIONS = "Channel_Partner"
PROFILES = (
    "partner_leads",
    "deal_registration",
    "lead_warehouse",
    "staged_sales",
    "registration_on_lead",
    "registration_on_opportunity",
)
_FEWEST_DEALS = 60
_MOST_ROUNDS = 100  # of registrations

Stories: TypeAlias = Mapping[str, Mapping[str, str]]
"""Story name to {role: record id, username or text}."""


def seed(org: Org, *, seed: int, leads: int, profile: str | None = None) -> Stories:
    """Fill `org` with `leads` leads (never fewer than the stories need) and all that belongs to them.

    Answers the stories' records. The same `seed`, `leads` and clock give the same rows. `profile` names the
    shipped profile the org is to serve; both play in one programme, so it is checked and changes nothing.
    """
    if profile is not None and profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}; shipped are {', '.join(PROFILES)}")
    if leads < 0:
        raise ValueError(f"leads must be 0 or more, not {leads}")
    now = org.now().replace(microsecond=0)
    world = World(org=org, seed=seed, times=Times(now), ids=Ids(org.schema))
    place_own_people(world)
    world.flush()
    place_partners(world)
    prices = place_catalogue(world)
    world.flush()
    for firm in world.firms.values():
        for user in firm.users:
            for rights in org.schema.permission_sets:
                if rights.startswith(PARTNER_PERMISSIONS):
                    org.assign(user.id, rights)
    teller = Teller(world=world, prices=prices)
    stories = {story.__name__: story(teller) for story in TOLD}
    if org.schema.object("Deal_Registration__c").field("Legal_Hold__c"):
        stories["poison"] = poison(teller)
    told = len(world.pending["Lead"])
    world.flush()
    _bulk(world, max(leads - told, 0), prices)
    return stories


def _bulk(world: World, count: int, prices: Catalogue) -> None:
    """Everything around the stories; rows are drawn as they are written."""
    shelf = book(world, _deals(count))
    stream_deals(world, shelf, prices)
    place_registrations(world, shelf, rounds=min(max(1, round(count / TYPICAL)), _MOST_ROUNDS))
    world.flush()
    made = plan(world, count, told=HELD_IN_STORIES, shelf=shelf)
    stream_leads(world, made)


def _deals(leads: int) -> int:
    """One customer with a deal for five leads; in a large org one more for every fifty."""
    return max(_FEWEST_DEALS, min(leads // 5, 2_000 + leads // 50))
