"""What of a record `explain` is asked, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connector.canonical.ids import RecordId
from connector.flows.eyes import View
from connector.mapping import CompiledMapping
from connector.policy.model import Policies
from connector.policy.text import PolicyText


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question about one record.

    `verdict` is a ledger entry's number; `firm` whose eyes a partner's view has, where several firms acted on the
    record; `mapping` says who belongs to a firm; `policies` and `now` say until when an appeal is open, `texts` where
    a policy's keys stand in its file.
    """

    view: View = View.DESK
    firm: RecordId | None = None
    verdict: int | None = None
    policies: Policies = field(default_factory=Policies)
    now: datetime | None = None
    mapping: CompiledMapping | None = None
    texts: Mapping[str, PolicyText] = field(default_factory=dict)
