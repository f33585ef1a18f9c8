"""The verbs of a story: what each does, to which kinds, and what it may be told beside `who` and `what`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus
from connector.scenario.story import Deed


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """One verb. `sets` are values that it saves by itself; `owner` whose the record becomes, if anybody's.

    `owner`: `who` (the one who acts), `to` (whom the act names) or empty. `takes` are the keys it needs or allows.
    """

    doc: str
    deed: Deed = Deed.SAVE
    kinds: tuple[Kind, ...] = ()
    sets: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    takes: tuple[str, ...] = ("with",)


_FILING = (Kind.REGISTRATION, Kind.TRANSFER_IN)
_DEAL = (Kind.OPPORTUNITY,)
_LEAD = (Kind.LEAD,)

VERBS: Mapping[str, Verb] = {
    "save": Verb(doc="saves the record with other values: the general act"),
    "create": Verb(doc="makes a new record of `kind`", deed=Deed.CREATE, takes=("kind", "with")),
    "delete": Verb(doc="deletes the record", deed=Deed.DELETE, takes=()),
    "undelete": Verb(
        doc="fetches the deleted record back out of the recycle bin", deed=Deed.UNDELETE, takes=()
    ),
    "add": Verb(doc="adds child rows, such as evidence; the record itself is not saved", deed=Deed.ADD),
    "claim": Verb(doc="takes the lead: `who` becomes its owner", kinds=_LEAD, owner="who"),
    "assign": Verb(doc="gives the record to another owner", owner="to", takes=("to", "with")),
    "release": Verb(
        doc="gives the lead back, by default to the pool it was in when the story began",
        kinds=_LEAD,
        owner="to",
        takes=("to", "with"),
    ),
    "work": Verb(doc="sets a status that counts as work", kinds=_LEAD, sets={"worked": True}),
    "convert": Verb(
        doc="converts the lead, or a registration kept on one; `makes` names the deal and the customer",
        deed=Deed.CONVERT,
        kinds=(*_LEAD, *_FILING),
        takes=("makes", "with"),
    ),
    "merge": Verb(doc="merges the record `into` another", deed=Deed.MERGE, takes=("into",)),
    "file": Verb(doc="submits the registration", kinds=_FILING, sets={"status": FilingStatus.SUBMITTED}),
    "amend": Verb(doc="changes what was filed", kinds=_FILING),
    "prove": Verb(doc="adds one proof to the registration", deed=Deed.ADD, kinds=_FILING),
    "withdraw": Verb(
        doc="takes the registration back", kinds=_FILING, sets={"status": FilingStatus.WITHDRAWN}
    ),
    "approve": Verb(doc="rules in the review field", kinds=_FILING, sets={"review": "approve"}),
    "reject": Verb(doc="rules in the review field", kinds=_FILING, sets={"review": "reject"}),
    "win": Verb(doc="closes the deal won", kinds=_DEAL, sets={"stage": 10, "closed": True, "won": True}),
    "lose": Verb(doc="closes the deal lost", kinds=_DEAL, sets={"stage": None, "closed": True, "won": False}),
    "call": Verb(doc="logs an activity on the record", deed=Deed.CREATE),
}
"""Add a verb where a story would otherwise have to know which values an everyday act saves."""
