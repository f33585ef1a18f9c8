"""What still matters of a slot of the outbox is found without reading what was delivered before.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Put the state before the field and the number after it: live rows and the newest finished one are seeks."""
    op.drop_index("outbox_target", "outbox")
    op.create_index("outbox_slot", "outbox", ["org", "object", "target", "state", "field", "id"])
