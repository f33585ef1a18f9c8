"""PURE: policy file to frozen policy."""
