"""The score of a firm's leads, summed from the weeks that the docket keeps (R0.7)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from connector.canonical.accounts import QualityEntry, week_key
from connector.canonical.docket import Docket
from connector.canonical.ids import RecordId
from connector.policy.model import Policy
from connector.policy.quality import PartnerQuality
from connector.rules.case import local_day

_WEEK = timedelta(days=7)


def known(docket: Docket, policy: Policy, firm: RecordId, moment: datetime) -> dict[str, object]:
    """`quality` as conditions see it; nothing where the policy keeps no score, so that a condition on it defers."""
    if policy.partner_quality is None:
        return {}
    return {"quality": quality(docket, policy, firm, moment)}


def quality(docket: Docket, policy: Policy, firm: RecordId, moment: datetime) -> int:
    """The score at `moment`, or what the policy takes it for until enough is known."""
    terms = policy.partner_quality or PartnerQuality()
    score = score_of(terms, outcomes(docket, policy, firm, moment, terms.window))
    return terms.unknown if score is None else score


def outcomes(
    docket: Docket, policy: Policy, firm: RecordId, moment: datetime, window: timedelta
) -> QualityEntry:
    """The sum over the weeks that touch the window before `moment`."""
    last, first = monday(local_day(moment, policy)), monday(local_day(moment - window, policy))
    weeks = [docket.get(QualityEntry, key) for key in _weeks(firm, first, last)]
    return _sum(QualityEntry(firm=firm, week=first), [week for week in weeks if week is not None])


@lru_cache(maxsize=1024)  # a firm's half year is summed for one act after another
def _weeks(firm: RecordId, first: date, last: date) -> tuple[str, ...]:
    """The keys of a firm's weeks from one Monday to another, both included."""
    return tuple(week_key(firm, first + _WEEK * number) for number in range((last - first) // _WEEK + 1))


def score_of(terms: PartnerQuality, total: QualityEntry) -> int | None:
    """The average of the points over what ended, 0 to 100; None while too little has."""
    ended = {word: count for word, count in total.results.items() if word in terms.points}
    number = sum(ended.values())
    if number < max(terms.at_least, 1):
        return None
    return round(sum(terms.points[word] * count for word, count in ended.items()) / number)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _sum(total: QualityEntry, weeks: Sequence[QualityEntry]) -> QualityEntry:
    if not weeks:
        return total
    results: dict[str, int] = {}
    for week in weeks:
        for word, count in week.results.items():
            results[word] = results.get(word, 0) + count
    return total.model_copy(
        update={
            "filings": sum(week.filings for week in weeks),
            "claims": sum(week.claims for week in weeks),
            "met": sum(week.met for week in weeks),
            "results": {word: results[word] for word in sorted(results)},
        }
    )
