"""PURE: policy file to frozen policy.

`load_policy(text, file)` reads one, `policy_schema()` says the file as JSON Schema, `calendar.due` counts
office time.
"""

from connector.policy.file import load_policy, policy_schema

__all__ = ["load_policy", "policy_schema"]
