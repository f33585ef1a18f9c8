"""`python -m tests.kill`: so many kills, and the report."""

import argparse
import sys
from pathlib import Path

from tests.kill.campaign import Report, fight


def main() -> int:
    """1 when anything was found."""
    words = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    words.add_argument("--folder", type=Path, help="keep logs and databases here")
    asked = words.parse_args()
    report = fight(
        kills=asked.kills, seed=asked.seed, database=asked.database, tell=_tell, folder=asked.folder
    )
    _show(report, asked.database)
    return 1 if report.wrong else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _show(report: Report, database: str) -> None:
    _tell(f"\n{report.kills} kills on {database} in {report.seconds:.0f} s")
    for title, counts in (
        ("where they fell", report.fell),
        ("ended by itself", report.exits),
        ("acts played", report.played),
        ("checked", report.checked),
    ):
        _tell(f"{title}: {sum(counts.values()) if title != 'checked' else ''}")
        for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
            _tell(f"  {count:7}  {name}")
    _tell(f"acts refused by the org: {report.refused}; faults that struck the connector: {report.faults}")
    _tell(f"proofs: {report.proofs}; wrong: {len(report.wrong)}")
    for line in report.wrong:
        _tell(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
