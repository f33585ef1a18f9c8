"""PURE: what happened, and when, from what changed."""
