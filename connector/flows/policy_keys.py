"""Which line of which policy file decided: a change there is what would have changed it (R4.14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connector.canonical.fact import FactKind
from connector.canonical.verdict import Finding
from connector.flows.publishing import POLICY
from connector.policy.deciding import PROTECTION, keys_of, keys_of_deadline
from connector.policy.text import PolicyText, Setting
from connector.ports.store import LedgerLine, Transaction


@dataclass(frozen=True)
class PolicyKeys:
    """Finds settings in the files that are loaded.

    Attributes:
        texts: the text of each version, by its label.
        published: the digests of each version's texts as they came into use, by the number of the ledger's entry.
    """

    texts: Mapping[str, PolicyText]
    published: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)

    def of_finding(self, found: Finding, line: LedgerLine) -> tuple[Setting, ...]:
        """The settings behind one finding of a verdict, the one that drew the line first."""
        if line.verdict is None:
            return ()
        keys = keys_of(found, line.verdict.subject)
        return self._settings(keys, line.verdict.policy, line.seq, found.params)

    def of_window(self, policy: str, number: int) -> tuple[Setting, ...]:
        """What says how long an approved registration is protected."""
        return self._settings(PROTECTION, policy, number, {})

    def of_deadline(self, line: LedgerLine, policy: str) -> tuple[Setting, ...]:
        """What set the deadline that was reached, under the policy that the record goes by.

        For a record that nobody has ruled on, under the one loaded version that has such a key; none where several do.
        """
        if line.fact.kind is not FactKind.TICK:
            return ()
        keys = keys_of_deadline(line.fact.value)
        if not policy:
            with_it = [label for label, text in self.texts.items() if any(map(text.node, keys))]
            if len(with_it) != 1:
                return ()
            [policy] = with_it
        return self._settings(keys, policy, line.seq, {})

    def _settings(
        self, keys: Iterable[str], policy: str, number: int, said: Mapping[str, str]
    ) -> tuple[Setting, ...]:
        text = self.texts.get(policy)
        if text is None:
            return tuple(Setting(key=key) for key in keys)
        changed = self._then(policy, number) not in ("", text.digest)
        return tuple(text.setting(key, said, changed=changed) for key in keys)

    def _then(self, policy: str, number: int) -> str:
        """The digest of the version's text when the ledger's entry `number` was written; "" where nobody noted it."""
        known = [digest for seq, digest in self.published.get(policy, ()) if seq < number]
        return known[-1] if known else ""


def policy_keys(view: Transaction, texts: Mapping[str, PolicyText]) -> PolicyKeys:
    """The keys as this store's ledger saw the versions come into use."""
    published: dict[str, tuple[tuple[int, str], ...]] = {}
    for line in view.ledger.of_record(POLICY):
        known = published.get(line.fact.value, ())
        published[line.fact.value] = (*known, (line.seq, line.fact.detail.get("digest", "")))
    return PolicyKeys(texts, published)
