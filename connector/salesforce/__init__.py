"""The org: login, query, bulk, writes, describe, limits, errors."""
