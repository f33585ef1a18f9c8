"""PURE: profile to compiled mapper, both directions; checks against a describe."""
