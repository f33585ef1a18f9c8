"""What every canonical record carries, and what a record can say of the customer behind it."""

from datetime import datetime

from connector.canonical.ids import RecordId
from connector.canonical.model import Model
from connector.canonical.own import OwnPairs


class Identity(Model):
    """What a record says of the customer behind it; empty text where it says nothing."""

    name: str = ""
    country: str = ""
    city: str = ""
    street: str = ""
    postcode: str = ""
    phone: str = ""
    fax: str = ""
    mobile: str = ""
    email: str = ""
    website: str = ""
    duns: str = ""
    industry: str = ""
    employees: int | None = None


class Record(Model):
    """What every canonical record carries.

    `stamp` is the org's SystemModstamp of this version; `changed_at` and `changed_by` are its
    LastModifiedDate and LastModifiedById, which name the actor of the save that made the version. `own` holds
    the programme's own fields by the names that the mapping gives them.
    """

    id: RecordId
    created_at: datetime
    created_by: RecordId | None = None
    changed_at: datetime
    changed_by: RecordId | None = None
    stamp: datetime
    own: OwnPairs = ()
