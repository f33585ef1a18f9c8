"""Partner firms, their users, the channel programme and who may take leads from which queue."""

from __future__ import annotations

from typing import Any

from anyascii import anyascii

from connector.practice.seed.people import PARTNER_PROFILE, full_name, user_row
from connector.practice.seed.places import places, read_data
from connector.practice.seed.times import audit
from connector.practice.seed.world import Firm, Person, World

TIERS = ("Registered", "Silver", "Gold", "Platinum")
_POOLS = (
    "Partner_Pool",
    "Partner_Pool_DACH",
    "Partner_Pool_Nordics",
    "Partner_Pool_Iberia",
    "Partner_Pool_China",
)
_COUNTRY_OF_POOL = {
    "Luxembourg": "Partner_Pool_DACH",
    "Portugal": "Partner_Pool_Iberia",
    "Norway": "Partner_Pool_Nordics",
}


def place_partners(world: World) -> None:
    """Accounts, contacts, users, programme membership and queue membership of the partner firms."""
    table = read_data("firms.yaml")
    profile = world.known("Profile", "Name")[PARTNER_PROFILE]
    ids = {key: world.ids.next("Account") for key in table}
    levels, programme = _programme(world)
    for key, row in table.items():
        firm = _firm(world, key, row, ids)
        firm = _with_users(world, firm, row["users"], profile)
        world.firms[key] = firm
        world.add(
            "ChannelProgramMember",
            {
                "PartnerId": firm.id,
                "ProgramId": programme,
                "LevelId": levels[firm.tier],
                "OwnerId": world.manager,
                **audit(world.times.ago(days=500), world.admin),
            },
        )
    _membership(world)


def _programme(world: World) -> tuple[dict[str, str], str]:
    stamps = audit(world.times.ago(days=650), world.admin)
    own = {"OwnerId": world.manager, "CurrencyIsoCode": "EUR", **stamps}
    programme = world.add("ChannelProgram", {"Name": "Partner Programme", "IsActive": True, **own})
    levels = {
        tier: world.add("ChannelProgramLevel", {"Name": tier, "ProgramId": programme, "Rank": rank, **own})
        for rank, tier in enumerate(TIERS, start=1)
    }
    return levels, programme


def _firm(world: World, key: str, row: dict[str, Any], ids: dict[str, str]) -> Firm:
    place = places()[row["country"]]
    rng = world.dice(f"firm/{key}")
    city = place.cities[0] if place.cities[0] in row["name"] else rng.choice(place.cities)
    city = next((each for each in place.cities if each in row["name"]), city)
    serial = world.serial()
    label = "".join(c for c in anyascii(key) if c.isalnum())
    created = world.times.ago(days=rng.randint(420, 690), minutes=rng.randint(0, 1400))
    world.add(
        "Account",
        {
            "Id": ids[key],
            "Name": row["name"],
            "Type": "Channel Partner / Reseller",
            "IsPartner": True,
            "ParentId": ids.get(row.get("parent", "")),
            "Tier__c": row["tier"],
            "Certified_Until__c": world.times.day(-row["certified"]),
            "Territory__c": ";".join(row["territory"]),
            **{f"Billing{part}": value for part, value in place.address(rng, city).items()},
            "Phone": place.phone(city, serial),
            "Fax": place.phone(city, serial, 1),
            "Website": f"https://www.{label}-partner.example",
            "Industry": "Technology",
            "NumberOfEmployees": rng.choice((18, 45, 110, 260)),
            "CurrencyIsoCode": place.currency,
            "OwnerId": world.manager,
            **audit(created, world.manager, world.times.ago(days=rng.randint(20, 300))),
        },
    )
    return Firm(
        key=key,
        id=ids[key],
        name=row["name"],
        place=place,
        tier=row["tier"],
        territory=tuple(row["territory"]),
        certified=row["certified"],
        held=row["held"],
    )


def _with_users(world: World, firm: Firm, wanted: list[str], profile: str) -> Firm:
    rng, place = world.dice(f"users/{firm.key}"), firm.place
    firsts, lasts = rng.sample(place.first, len(wanted)), rng.sample(place.last, len(wanted))
    people = []
    for number, spec in enumerate(wanted):
        state, _, role = spec.partition(" ")
        first, last = firsts[number], lasts[number]
        local = "".join(c if c.isalnum() else "-" for c in anyascii(f"{first}.{last}").lower())
        username = f"{local}.{number + 1}@{firm.key.replace('_', '-')}-partner.example"
        created = world.times.ago(days=rng.randint(60, 400))
        contact = world.add(
            "Contact",
            {
                "AccountId": firm.id,
                "FirstName": first,
                "LastName": last,
                "Name": full_name(first, last),
                "Email": username,
                "Phone": place.phone(rng.choice(place.cities), world.serial(), 2),
                "Title": rng.choice(place.titles),
                "OwnerId": world.manager,
                "CurrencyIsoCode": place.currency,
                **audit(created, world.manager),
            },
        )
        row = user_row(
            world, username=username, first=first, last=last, place=place, profile=profile, created=created
        )
        row |= {
            "UserType": "PowerPartner",
            "ContactId": contact,
            "AccountId": firm.id,
            "PortalRole": role,
            "IsPortalEnabled": True,
            "IsPartner": True,
            "IsActive": state != "inactive",
            "LastLoginDate": None
            if state == "invited"
            else world.times.ago(days=rng.randint(0, 20), hours=3),
        }
        user = world.add("User", row)
        people.append(
            Person(id=user, username=username, name=row["Name"], place=place, firm=firm.key, state=state)
        )
    return Firm(**{**firm.__dict__, "users": tuple(people)})


def _membership(world: World) -> None:
    """Active partner users may take from the pools of their territory, and everybody from the general one."""
    stamp = world.times.ago(days=300)

    def join(queue: str, user: str) -> None:
        world.add(
            "GroupMember", {"GroupId": world.queues[queue], "UserOrGroupId": user, "SystemModstamp": stamp}
        )

    for firm in world.firms.values():
        pools = {"Partner_Pool"} | {_pool_of(country) for country in firm.territory}
        for user in firm.active:
            for pool in sorted(pools):
                join(pool, user.id)
    for pool in _POOLS:
        join(pool, world.manager)
    join("Channel_Desk", world.manager)
    for queue, person in zip(("Channel_Desk", "Head_of_Channel"), world.desk, strict=True):
        join(queue, person.id)


def _pool_of(country: str) -> str:
    place = places().get(country)
    return place.pool if place else _COUNTRY_OF_POOL.get(country, "Partner_Pool")
