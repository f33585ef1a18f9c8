"""The world in memory, as the stories of `connector scenario` know it."""

from connector.scenario.records import KIND_OF, Records
from connector.scenario.world import World, compared

__all__ = ["KIND_OF", "Records", "World", "compared"]
