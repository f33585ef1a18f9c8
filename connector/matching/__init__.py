"""PURE: is this the same customer? keys, score, explanation."""
