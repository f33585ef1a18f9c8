"""PURE: is this the same customer? keys, score, explanation.

The path of a record: `Identity` (what it says of itself) → `fingerprint` (normalised once) → `keys` (what
the index stores) → `candidates` (who might be the same) → `compare` (a score every field explains).
Law 9: the answer depends on the two records, a frozen `Frequencies` table and the policy; on nothing else.
"""

from connector.matching.candidates import CandidateList, candidates
from connector.matching.contacts import contact_suspicion
from connector.matching.fingerprint import Fingerprint, fingerprint
from connector.matching.frequencies import Frequencies
from connector.matching.identity import Comparison, Contribution, Identity, MatchPolicy, Outcome
from connector.matching.keys import KeyKind, keys, kind_of
from connector.matching.score import alike, compare

__all__ = [
    "CandidateList",
    "Comparison",
    "Contribution",
    "Fingerprint",
    "Frequencies",
    "Identity",
    "KeyKind",
    "MatchPolicy",
    "Outcome",
    "alike",
    "candidates",
    "compare",
    "contact_suspicion",
    "fingerprint",
    "keys",
    "kind_of",
]
