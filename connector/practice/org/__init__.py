"""The org itself: what it stores, who acts in it and what every save does."""

from connector.practice.org.engine import Org
from connector.practice.org.results import ApiError, SaveError, SaveOptions, SaveResult
from connector.practice.org.transaction import Row, Values
from connector.practice.org.user import Access, User
from connector.practice.org.writes import Op

__all__ = [
    "Access",
    "ApiError",
    "Op",
    "Org",
    "Row",
    "SaveError",
    "SaveOptions",
    "SaveResult",
    "User",
    "Values",
]
