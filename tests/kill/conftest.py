"""An org in memory, its people and a connector over them, for the stories of what the kills have found."""

from tests.support.fixtures import org, people, process

__all__ = ["org", "people", "process"]
