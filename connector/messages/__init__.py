"""PURE: finding to sentence, in a language."""
