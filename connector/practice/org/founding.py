"""What every org holds before anybody works in it: its own row, profiles, two users, currencies, queues."""

from __future__ import annotations

from connector.practice.org.logins import ADMINISTRATOR
from connector.practice.org.save import defaults
from connector.practice.org.transaction import Row, Transaction
from connector.practice.schema import ObjectDef, PicklistValue

FOUNDED = "2019-03-01T08:00:00.000Z"
STAFF_PROFILE = "Standard User"
INTEGRATION_PROFILE = "Minimum Access - API Only Integrations"
PARTNER_PROFILE = "Partner Community User"
ADMIN_USERNAME = "admin@practice.example"
INTEGRATION_USERNAME = "connector@practice.example"
RATES = {"EUR": 1.0, "USD": 1.09, "DKK": 7.46, "GBP": 0.85, "CNY": 7.8}


def found(tx: Transaction) -> tuple[str, str]:
    """Write the founding rows; (organisation id, administrator's id)."""
    admin_id = tx.core.new_id(tx.schema.object("User"))
    organization = _row(
        tx,
        "Organization",
        admin_id,
        {
            "Name": "Practice Channel Org",
            "OrganizationType": "Developer Edition",
            "InstanceName": "PRA1",
            "LanguageLocaleKey": "en_US",
            "DefaultLocaleSidKey": "en_US",
            "TimeZoneSidKey": "Europe/Copenhagen",
            "Country": "DK",
            "FiscalYearStartMonth": 1,
            "UiSkin": "Theme3",
            "SignupCountryIsoCode": "DK",
            "MonthlyPageViewsUsed": 0,
            "MonthlyPageViewsEntitlement": 0,
            "DefaultAccountAccess": "Edit",
            "DefaultContactAccess": "ControlledByParent",
            "DefaultOpportunityAccess": "Edit",
            "DefaultLeadAccess": "ReadEditTransfer",
        },
    )
    profiles = {
        name: _row(tx, "Profile", admin_id, {"Name": name, "UserType": kind})["Id"]
        for name, kind in (
            (ADMINISTRATOR, "Standard"),
            (STAFF_PROFILE, "Standard"),
            (INTEGRATION_PROFILE, "Standard"),
            (PARTNER_PROFILE, "PowerPartner"),
        )
    }
    _user(tx, admin_id, admin_id, username=ADMIN_USERNAME, name="Ada Admin", profile=profiles[ADMINISTRATOR])
    integration = tx.core.new_id(tx.schema.object("User"))
    _user(
        tx,
        admin_id,
        integration,
        username=INTEGRATION_USERNAME,
        name="Channel Connector",
        profile=profiles[INTEGRATION_PROFILE],
    )
    for each in tx.schema.permission_sets.values():
        if each.custom_permissions:  # the set that marks our own login
            tx.write("INSERT INTO _assigned (UserId, PermissionSet) VALUES (?, ?)", (integration, each.name))
    for code, rate in RATES.items():
        currency = {
            "IsoCode": code,
            "ConversionRate": rate,
            "DecimalPlaces": 2,
            "IsActive": True,
            "IsCorporate": code == "EUR",
        }
        _row(tx, "CurrencyType", admin_id, currency)
    _row(tx, "Pricebook2", admin_id, {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True})
    _statuses(tx, admin_id)
    _queues(tx, admin_id)
    return str(organization["Id"]), admin_id


def _user(tx: Transaction, admin_id: str, user_id: str, *, username: str, name: str, profile: str) -> None:
    first, last = name.split()
    _row(
        tx,
        "User",
        admin_id,
        {
            "Id": user_id,
            "Username": username,
            "Email": username,
            "FirstName": first,
            "LastName": last,
            "Name": name,
            "Alias": last[:8].lower(),
            "CommunityNickname": last.lower(),
            "ProfileId": profile,
            "UserType": "Standard",
            "DefaultCurrencyIsoCode": "EUR",
        },
    )


def _queues(tx: Transaction, admin_id: str) -> None:
    for queue in tx.schema.queues:
        group = _row(
            tx,
            "Group",
            admin_id,
            {"Name": queue.label, "DeveloperName": queue.name, "Type": "Queue", "OwnerId": admin_id},
        )
        for name in queue.objects:
            _row(tx, "QueueSobject", admin_id, {"QueueId": group["Id"], "SobjectType": name})


def _statuses(tx: Transaction, admin_id: str) -> None:
    """Write what the values of two picklists mean, as rows: clients convert and forecast by them."""
    for order, value in enumerate(_values(tx, "Lead", "Status"), 1):
        status = {"IsDefault": value.default, "IsConverted": value.converted}
        _row(tx, "LeadStatus", admin_id, {**_named(order, value), **status})
    for order, value in enumerate(_values(tx, "Opportunity", "StageName"), 1):
        stage = {
            "IsActive": value.active,
            "IsClosed": value.closed,
            "IsWon": value.won,
            "DefaultProbability": value.probability or 0,
            "ForecastCategoryName": value.forecast,
        }
        _row(tx, "OpportunityStage", admin_id, {**_named(order, value), **stage})


def _values(tx: Transaction, name: str, field: str) -> tuple[PicklistValue, ...]:
    return tx.schema.object(name).fields[field].picklist_values


def _named(order: int, value: PicklistValue) -> Row:
    return {"MasterLabel": value.label, "ApiName": value.value, "SortOrder": order}


def _row(tx: Transaction, name: str, admin_id: str, values: Row) -> Row:
    definition: ObjectDef = tx.schema.object(name)
    row = defaults(tx, definition) | values
    if "Id" not in values:
        row["Id"] = tx.core.new_id(definition)
    for stamp in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
        if stamp in definition.fields:
            row[stamp] = FOUNDED
    for by in ("CreatedById", "LastModifiedById", "OwnerId"):
        if by in definition.fields:
            row[by] = admin_id
    tx.add(definition, row)
    return row
