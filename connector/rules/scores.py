"""The score of a firm's leads, summed from the weeks that the docket keeps (R0.7)."""

from datetime import date, datetime, timedelta

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
    total = QualityEntry(firm=firm, week=first)
    week = first
    while week <= last:
        found = docket.get(QualityEntry, week_key(firm, week))
        if found is not None:
            total = _sum(total, found)
        week += _WEEK
    return total


def score_of(terms: PartnerQuality, total: QualityEntry) -> int | None:
    """The average of the points over what ended, 0 to 100; None while too little has."""
    ended = {word: count for word, count in total.results.items() if word in terms.points}
    number = sum(ended.values())
    if number < max(terms.at_least, 1):
        return None
    return round(sum(terms.points[word] * count for word, count in ended.items()) / number)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _sum(one: QualityEntry, other: QualityEntry) -> QualityEntry:
    results = {
        word: one.results.get(word, 0) + other.results.get(word, 0)
        for word in sorted({*one.results, *other.results})
    }
    return one.model_copy(
        update={
            "filings": one.filings + other.filings,
            "claims": one.claims + other.claims,
            "met": one.met + other.met,
            "results": results,
        }
    )
