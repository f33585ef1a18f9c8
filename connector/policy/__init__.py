"""PURE: policy file to frozen policy.

`load_policy(text, file)` reads one, `policy_schema()` says the file as JSON Schema, `calendar.due` counts
office time. `mentions` and `strangers` find names that only the org can confirm.
"""

from connector.policy.file import load_policy, policy_schema, profile_of
from connector.policy.mentions import Mention, Named, mentions, strangers

__all__ = ["Mention", "Named", "load_policy", "mentions", "policy_schema", "profile_of", "strangers"]
