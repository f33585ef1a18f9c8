"""How a lead came into a warehouse."""

ENTERED = "entered"  # a new record, filed by its holder or for them
TRANSFERRED_IN = "transferred_in"  # out of a public pool
TRANSFERRED = "transferred"  # from another holder
ASSIGNED = "assigned"  # our own people gave it
