"""The seeded programme: partner firms, leads, deals and the sources' stories, the same for the same seed."""

from connector.practice.seed.programme import CUSTOMER_SCHEMA, INTEGRATION_PROFILE, PROFILES, Stories, seed

__all__ = ["CUSTOMER_SCHEMA", "INTEGRATION_PROFILE", "PROFILES", "Stories", "seed"]
