"""The budgets in which a promise counts: the programme's year and quarter, and those of its firm (R0.15)."""

from collections.abc import Mapping
from datetime import datetime

from connector.canonical.accounts import BenefitKind, FirmCap
from connector.policy.model import Policy
from connector.rules.case import local_day
from connector.rules.days import quarter_of, year_of


def periods(policy: Policy, moment: datetime) -> tuple[str, ...]:
    """The year, and the quarter, in which a promise is made, where the programme has a cap for it."""
    budget = policy.registrations.rebate_budget if policy.registrations else None
    if budget is None:
        return ()
    names = _names(policy, moment)
    caps = {"year": budget.year, "quarter": budget.quarter}
    return tuple(f"{policy.policy}|{names[each]}" for each, cap in caps.items() if cap is not None)


def of_firm(
    policy: Policy, kind: BenefitKind, circumstances: Mapping[str, object], moment: datetime
) -> tuple[FirmCap, ...]:
    """The caps over what one firm gets, by every row that holds under the circumstances of the filing.

    Raises:
        ConditionFailed: a row's condition cannot be judged.
    """
    budget = policy.registrations.rebate_budget if policy.registrations else None
    names = _names(policy, moment)
    return tuple(
        FirmCap(
            period=f"{policy.policy}|{'+'.join(sorted(row.of))}|{names[name]}",
            at_most=cap,
            beyond=row.beyond or budget.beyond,
        )
        for row in (budget.each_firm if budget else ())
        if budget and kind in row.of and row.holds(circumstances)
        for name, cap in row.caps.items()
    )


def _names(policy: Policy, moment: datetime) -> Mapping[str, str]:
    """`2026`, `2026-Q1`, `2026-01`: business years and quarters, months of the calendar."""
    day = local_day(moment, policy)
    year = str(year_of(day, policy.fiscal_year_starts))
    quarter = f"{year}-Q{quarter_of(day, policy.fiscal_year_starts)}"
    return {"year": year, "quarter": quarter, "month": f"{day:%Y-%m}"}
