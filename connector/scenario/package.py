"""Which package of metadata a story's org has, and what is asked of it."""

from collections.abc import Sequence

from connector.practice.seed import PROFILES
from connector.practice.server import project_folder
from connector.scenario.story import Story


def package_of(story: Story) -> str | None:
    """The profile whose package the org has: one that ships its own, else the first that the org knows."""
    known = [name for name in story.profiles if name in PROFILES]
    own = (name for name in known if (project_folder() / name.replace("_", "-")).is_dir())
    return next(own, next(iter(known), None))


def named(fields: Sequence[str]) -> Sequence[str]:
    """A query's fields, each once."""
    return list(dict.fromkeys(("Id", *fields)))
