"""The examples of a back-test in a reader's words: names, links and sentences instead of ids and codes."""

from typing import Any

from connector.canonical.time import instant_text
from connector.flows.backtest_report import Example
from connector.flows.teller import Teller
from connector.messages import Speaker


class Told:
    """Tells from one reading of the store."""

    def __init__(self, teller: Teller, speaker: Speaker, language: str) -> None:
        self._teller, self._speaker, self._language = teller, speaker, language

    def name(self, record: str) -> str:
        return self._teller.name(record)

    def link(self, record: str) -> str:
        return self._teller.link(record) if record else ""

    def example(self, example: Example) -> dict[str, Any]:
        """One difference as JSON values; `dropped` reasons are the ledger's and would not have been."""
        return {
            "record": example.record,
            "name": self.name(example.record),
            "link": self.link(example.record),
            "happened": example.kind,
            "at": instant_text(example.at),
            "firm": example.firm,
            "firm_name": self.name(example.firm),
            "tier": example.tier,
            "ledger": example.said,
            "candidate": example.would,
            "conditional": example.conditional,
            "dropped": example.dropped,
            "reasons": [
                {
                    "rule": reason.rule,
                    "message": reason.message,
                    "text": self._speaker.sentence(reason.message, reason.params, self._language),
                }
                for reason in example.reasons
            ],
        }
