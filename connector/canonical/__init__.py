"""PURE: the words of the domain: records, facts, verdicts, findings, money, time, ids."""
