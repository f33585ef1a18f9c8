"""An org in memory, its people and a connector over them."""

from tests.support.fixtures import org, people, process

__all__ = ["org", "people", "process"]
