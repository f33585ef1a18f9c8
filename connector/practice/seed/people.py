"""Our own people, profiles, queues and currencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.practice.seed.places import Place, places
from connector.practice.seed.times import audit
from connector.practice.seed.world import Person, World

INTEGRATION_PROFILE = "Minimum Access - API Only Integrations"
INTEGRATION_USER = "connector@practice.example"
PARTNER_PROFILE = "Partner Community User"
SELLER_PROFILE = "Standard User"
QUEUES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Channel_Desk": ("Channel Desk", ("Channel_Conflict__c", "Deal_Registration__c")),
    "Head_of_Channel": ("Head of Channel", ("Channel_Conflict__c", "Deal_Registration__c")),
    "Partner_Pool": ("Partner Pool", ("Lead",)),
    "Partner_Pool_DACH": ("Partner Pool DACH", ("Lead",)),
    "Partner_Pool_Nordics": ("Partner Pool Nordics", ("Lead",)),
    "Partner_Pool_Iberia": ("Partner Pool Iberia", ("Lead",)),
    "Partner_Pool_China": ("Partner Pool China", ("Lead",)),
}
RATES = {"EUR": 1.0, "USD": 1.10, "DKK": 7.46, "GBP": 0.86, "CNY": 7.90}
_SELLERS = (
    ("direct.berlin", "Katrin", "Voss", "Germany"),
    ("direct.aarhus", "Mikkel", "Brandt", "Denmark"),
    ("direct.madrid", "Inés", "Carrasco", "Spain"),
    ("direct.beijing", "海涛", "周", "China"),
    ("direct.boston", "Grace", "O'Neill", "United States"),
)


def user_row(
    world: World,
    *,
    username: str,
    first: str,
    last: str,
    place: Place,
    profile: str,
    created: str,
    **more: Any,
) -> dict[str, Any]:
    """A User with everything the real service demands of one."""
    local = username.partition("@")[0]
    return {
        "Username": username,
        "FirstName": first,
        "LastName": last,
        "Name": full_name(first, last),
        "Email": username,
        "Alias": local.replace(".", "")[:8],
        "CommunityNickname": local[:40],
        "IsActive": True,
        "TimeZoneSidKey": place.zone,
        "LocaleSidKey": place.locale,
        "EmailEncodingKey": "UTF-8",
        "ProfileId": profile,
        "UserType": "Standard",
        "LanguageLocaleKey": place.language,
        "Country": place.name,
        "DefaultCurrencyIsoCode": place.currency,
        "CurrencyIsoCode": place.currency,
        "LastLoginDate": world.times.ago(hours=20),
        **audit(created, world.admin),
        **more,
    }


def full_name(first: str, last: str) -> str:
    """The compound name as the org computes it."""
    return f"{first} {last}".strip()


def place_own_people(world: World) -> None:
    """Profiles, currencies, queues and the users who are not partners; rows already there are kept."""
    made = world.times.ago(days=700)
    world.admin = world.org.admin.id
    profiles = world.known("Profile", "Name")
    for name, kind in (
        (PARTNER_PROFILE, "PowerPartner"),
        (SELLER_PROFILE, "Standard"),
        (INTEGRATION_PROFILE, "Standard"),
    ):
        if name not in profiles:
            row = {"Name": name, "UserType": kind, **audit(made, world.admin)}
            profiles[name] = world.add("Profile", row)
    _currencies(world, made)
    _own_users(world, profiles, made)
    _queues(world, made)


def _currencies(world: World, made: str) -> None:
    known = world.known("CurrencyType", "IsoCode")
    for code, rate in RATES.items():
        if code not in known:
            row = {
                "IsoCode": code,
                "ConversionRate": rate,
                "DecimalPlaces": 2,
                "IsActive": True,
                "IsCorporate": code == "EUR",
            }
            world.add("CurrencyType", {**row, **audit(made, world.admin)})


def _own_users(world: World, profiles: Mapping[str, str], made: str) -> None:
    known = world.known("User", "Username")

    def add(username: str, first: str, last: str, country: str, profile: str = SELLER_PROFILE) -> Person:
        place = places()[country]
        user_id = known.get(username)
        if user_id is None:
            row = user_row(
                world,
                username=username,
                first=first,
                last=last,
                place=place,
                profile=profiles[profile],
                created=made,
            )
            user_id = world.add("User", row)
        return Person(id=user_id, username=username, name=full_name(first, last), place=place)

    add(INTEGRATION_USER, "Channel", "Connector", "Germany", INTEGRATION_PROFILE)
    world.manager = add("channel.manager@practice.example", "Maren", "Holst", "Germany").id
    world.add_desk(add("channel.desk@practice.example", "Tobias", "Ehlers", "Germany"))
    world.add_desk(add("head.of.channel@practice.example", "Pilar", "Vega", "Spain"))
    for local, first, last, country in _SELLERS:
        world.sellers.append(add(f"{local}@practice.example", first, last, country))


def _queues(world: World, made: str) -> None:
    known = world.known("Group", "DeveloperName")
    linked = {
        (str(queue), str(kind))
        for queue, kind in world.org.reader().execute('SELECT "QueueId", "SobjectType" FROM "QueueSobject"')
    }
    for developer, (label, kinds) in QUEUES.items():
        queue = known.get(developer)
        if queue is None:
            row = {"Name": label, "DeveloperName": developer, "Type": "Queue", "OwnerId": world.admin}
            queue = world.add("Group", {**row, **audit(made, world.admin)})
        world.queues[developer] = queue
        for kind in kinds:
            if (queue, kind) not in linked:
                row = {
                    "QueueId": queue,
                    "SobjectType": kind,
                    "CreatedById": world.admin,
                    "SystemModstamp": made,
                }
                world.add("QueueSobject", row)
