"""Who is named to whom when a ruling is explained. A partner never reads of a rival, in any policy (law 17)."""

from enum import StrEnum

from connector.canonical.model import Model
from connector.canonical.shape import Key, ListOf, OneOf, Section


class Hidden(StrEnum):
    """What of another partner is not told."""

    FIRM = "firm"  # the firm's name
    PERSON = "person"  # its people's names
    RECORD = "record"  # its registrations, leads and deals: name and address
    EVIDENCE = "evidence"  # why two records are taken for one customer: what agrees, and how likely it is


class Masks(Model):
    """`channel_manager`: what those who look after one firm do not read of the others. The desk reads everything."""

    channel_manager: tuple[Hidden, ...] = ()


MASKS = Section(
    {
        "channel_manager": Key(
            ListOf(OneOf({each.value: each for each in Hidden})),
            "what of another partner a channel manager does not read in an explanation",
        )
    },
    Masks,
)
