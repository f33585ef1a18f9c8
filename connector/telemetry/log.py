"""Structured logs on standard error: one event a line, for people at a terminal, JSON elsewhere."""

import logging
import sys
from collections.abc import Iterable

import structlog

from connector.telemetry.redaction import Redactor


def start(level: str = "info", *, json: bool = True, secrets: Iterable[str] = ()) -> None:
    """Configure structlog once, at start. Standard output stays free for answers."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Redactor(secrets),
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(),
    ]
    logging.getLogger("cel").setLevel(logging.CRITICAL)  # what a condition cannot say is a finding already
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when a line is written
        cache_logger_on_first_use=False,
    )
