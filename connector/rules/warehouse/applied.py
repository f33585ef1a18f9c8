"""A lead by what an application for transfer-in says of it: found out and confirmed by the applicant (R4.6, R4.10)."""

from connector.canonical.records import Lead
from connector.canonical.transfer_in import TransferIn

_SAID = ("licence_name", "caller_id", "confirm", "confirmed_by", "confirmed_at")


def known_by(lead: Lead, application: TransferIn) -> Lead:
    """The lead with the application's own particulars; what the application leaves open stays the lead's."""
    mine = application.customer.model_dump(exclude_defaults=True)
    said = {name: getattr(application, name) for name in _SAID if getattr(application, name)}
    return lead.model_copy(update={**said, "identity": lead.identity.model_copy(update=mine)})
