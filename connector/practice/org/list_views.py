"""The list views an org is born with: which rows they show, of which columns, in which order.

Names, scopes and columns of the Account's are those recorded of a developer org by others; those of other
objects follow them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from connector.practice.org.ids import made_id
from connector.practice.schema import FieldDef, ObjectDef

_COLUMNS = {
    "Account": ("Site", "BillingState", "Phone", "Type"),
    "Contact": ("Account.Name", "Title", "Phone", "Email"),
    "Lead": ("Company", "State", "Email", "Status", "CreatedDate"),
    "Opportunity": ("Account.Name", "Amount", "CloseDate", "StageName"),
    "Task": ("Subject", "ActivityDate", "Status", "Priority"),
    "Event": ("Subject", "StartDateTime", "EndDateTime"),
}
_HIDDEN = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "Owner.Id", "OwnerId")
_NEW = (("NewThisWeek", "New This Week", "THIS_WEEK"), ("NewLastWeek", "New Last Week", "LAST_WEEK"))


@dataclass(frozen=True, kw_only=True)
class ListView:
    """One list view. `where` is a field and the value it must equal, as SOQL writes it."""

    object: ObjectDef = field(repr=False)
    name: str
    label: str
    scope: str = "everything"
    where: tuple[str, str] | None = None

    @property
    def id(self) -> str:
        return made_id("00B", f"{self.object.name}.{self.name}")


def has_list_views(definition: ObjectDef) -> bool:
    """Whether an object has list views: what a describe offers `listviews` for."""
    listed = dict(definition.flags).get("mruEnabled", definition.layoutable)
    return bool(definition.layoutable and listed) and definition.name != "User"


def list_views_of(definition: ObjectDef) -> tuple[ListView, ...]:
    """The views of an object by label; none for one without."""
    if not has_list_views(definition):
        return ()
    made = _custom(definition) if definition.custom else _standard(definition)
    fit = (each for each in made if each.where is None or definition.field(each.where[0]))
    return tuple(sorted(fit, key=lambda each: each.label))


def _custom(definition: ObjectDef) -> Iterator[ListView]:
    yield ListView(object=definition, name="All", label="All")


def _standard(definition: ObjectDef) -> Iterator[ListView]:
    plural = definition.label_plural
    bare = plural.replace(" ", "")
    yield ListView(
        object=definition, name=f"RecentlyViewed{bare}", label=f"Recently Viewed {plural}", scope="mru"
    )
    if definition.name == "Lead":
        converted, unread = ("IsConverted", "false"), ("IsUnreadByOwner", "true")
        yield ListView(object=definition, name="AllOpenLeads", label="All Open Leads", where=converted)
        yield ListView(
            object=definition, name="MyUnreadLeads", label="My Unread Leads", scope="mine", where=unread
        )
        today = ("CreatedDate", "TODAY")
        yield ListView(object=definition, name="TodaysLeads", label="Today's Leads", where=today)
        return
    for name, label, span in _NEW:
        yield ListView(object=definition, name=name, label=label, where=("CreatedDate", span))
    yield ListView(object=definition, name=f"All{bare}", label=f"All {plural}")
    if definition.field("OwnerId"):
        yield ListView(object=definition, name=f"My{bare}", label=f"My {plural}", scope="mine")
    if definition.name == "Opportunity":
        for name, label, span in (
            ("ClosingThisMonth", "Closing This Month", "THIS_MONTH"),
            ("ClosingNextMonth", "Closing Next Month", "NEXT_MONTH"),
        ):
            yield ListView(object=definition, name=name, label=label, where=("CloseDate", span))
        yield ListView(object=definition, name="Won", label="Won", where=("IsWon", "true"))


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """One column: the path of its field, and whether the screen shows it."""

    path: str
    label: str
    type: str
    hidden: bool = False

    @property
    def selected(self) -> str:
        """The column as the view's query selects it."""
        return f"toLabel({self.path})" if self.type in {"picklist", "multipicklist"} else self.path


def columns_of(definition: ObjectDef) -> tuple[ListColumn, ...]:
    """The columns of every view of an object: the shown ones, then those a program needs."""
    named = definition.name_field
    owned = definition.field("OwnerId") is not None
    shown = ([named.name] if named else []) + list(_COLUMNS.get(definition.name, ()))
    shown += ["Owner.Alias"] if owned and not definition.custom else []
    made = [_column(definition, path) for path in shown]
    made += [_column(definition, path, hidden=True) for path in _HIDDEN if path not in shown]
    return tuple(each for each in made if each is not None)


def _column(definition: ObjectDef, path: str, *, hidden: bool = False) -> ListColumn | None:
    first, _, rest = path.partition(".")
    if rest:
        if first.lower() not in definition.relationships:
            return None
        label = "User ID" if rest == "Id" else f"{definition.label} Owner Alias"
        label = "Account Name" if first == "Account" else label
        return ListColumn(path=path, label=label, type="id" if rest == "Id" else "string", hidden=hidden)
    found: FieldDef | None = definition.field(first)
    if found is None:
        return None
    label = f"{definition.label} {found.label}" if found.name_field and found.label == "Name" else found.label
    return ListColumn(path=found.name, label=label, type=found.type, hidden=hidden)
