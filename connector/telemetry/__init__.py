"""Logs, the clock, redaction."""
