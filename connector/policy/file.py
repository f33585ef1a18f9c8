"""The policy file: its text read into a frozen `Policy`, every fault of the file in one run."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

from connector.canonical.document import Scalar, Table, parse
from connector.canonical.fault import Fault, broken
from connector.canonical.money import Rates
from connector.canonical.own import OwnFields
from connector.canonical.shape import Key, ListOf, Reading, Schema, Section
from connector.policy import money_sections as money
from connector.policy import sections as s
from connector.policy import warehouse_sections, words
from connector.policy import window_sections as w
from connector.policy.benefits import largest_rebate
from connector.policy.claiming_sections import claiming_keys, filing_pace
from connector.policy.condition import CONDITION, Terms
from connector.policy.duration import DURATION
from connector.policy.line_amounts import LineAmounts
from connector.policy.masks import MASKS
from connector.policy.model import ClaimPolicy, OfficeHours, Policy, RegistrationPolicy
from connector.policy.order_sections import ORDERS
from connector.policy.outcome_sections import COUNTS_FOR, DISPUTES, QUOTA_OF, outcome_keys
from connector.policy.sense import scalars, senseless
from connector.policy.stage_sections import stage_keys, staged
from connector.policy.varied import Varied
from connector.policy.varying import varying

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
_ANY_DAY = date(2026, 1, 1)


def load_policy(
    text: str, file: str, languages: Collection[str] = (), own: OwnFields | None = None
) -> tuple[Policy | None, tuple[Fault, ...]]:
    """Read a policy file.

    Args:
        text: the whole file.
        file: its name, for the faults.
        languages: those that messages are written in; empty: the policy's own is not checked.
        own: the programme's own fields that the mapping reads, which conditions and complete filings may name.

    Returns:
        The policy, or None when a fault keeps it from being used; and every fault, in file order. Faults
        marked `note` are advice: the policy loads all the same.
    """
    tree, faults = parse(text, file)
    if tree is None:
        return None, faults
    reading = Reading(file=file, faults=list(faults))
    terms = _terms(tree, file, own or {})
    policy = _shape(terms, _in_force(tree)).read(tree, reading)
    senseless(tree, reading, rates=terms.rates, languages=languages)
    warehouse_sections.senseless(tree, reading)
    found = tuple(sorted(reading.faults, key=lambda fault: (fault.line, fault.column)))
    if policy is None or broken(found):
        return None, found
    digest = hashlib.sha256(text.encode()).hexdigest()
    return policy.model_copy(update={"digest": digest}), (*found, *_advice(policy, tree, file))


def profile_of(text: str, file: str) -> str:
    """The profile whose mapping a policy file borrows, even where the file is faulty; "" for none."""
    tree, _ = parse(text, file)
    named = tree.get("profile") if tree is not None else None
    return named.text if isinstance(named, Scalar) and not named.null else ""


def policy_schema() -> Schema:
    """The policy file as JSON Schema, for editors."""
    named: dict[str, Schema] = {}
    schema = _hoisted(_shape(Terms(), _ANY_DAY).schema(), named)
    return {"$schema": SCHEMA_ID, "title": "Channel Connector policy", **schema, "$defs": named}


def _hoisted(schema: Any, named: dict[str, Schema]) -> Any:
    """The schema with each kind of condition said once: nearly every value may have rows, each with its `when`."""
    if isinstance(schema, list):
        return [_hoisted(each, named) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if str(schema.get("description", "")).startswith(CONDITION):
        name = next((name for name, known in named.items() if known == schema), f"when_{len(named) + 1}")
        named[name] = schema
        return {"$ref": f"#/$defs/{name}"}
    return {key: _hoisted(each, named) for key, each in schema.items()}


@cache
def halves() -> Mapping[str, frozenset[str]]:
    """The keys at the top of a policy file by what they rule on; only one policy at a time rules on each."""
    select = s.Selects(Terms())
    return {
        "claims": frozenset((*_claim_keys(select), *warehouse_sections.KEYS)),
        "registrations": frozenset(_registration_keys(select, Terms())),
        "the stages of deals": frozenset(stage_keys(Terms())),
        "orders": frozenset(("orders",)),
    }


def _terms(tree: Table, file: str, own: OwnFields) -> Terms:
    """Rates, product lines, lists and office hours, read ahead because conditions use them.

    Their faults come with the whole.
    """
    ahead = Reading(file=file)
    rates, lines, named = tree.get("rates"), tree.get("product_lines"), tree.get("lists")
    read = s.RATES.read(rates, ahead) if rates else None
    products = s.PRODUCT_LINES.read(lines, ahead) if lines else None
    lists = s.PRODUCT_LINES.read(named, ahead) if named else None
    hours = tree.get("office_hours")
    office = s.office_hours(_in_force(tree).year - 1).read(hours, ahead) if hours else None
    return Terms(
        rates=read or Rates(),
        lines=products or {},
        lists=lists or {},
        own=own,
        office=office or OfficeHours(),
    )


def _in_force(tree: Table) -> date:
    stated = tree.get("in_force")
    return (words.DAY.read(stated, Reading(file="")) if stated else None) or _ANY_DAY


_FIXED = frozenset(
    {
        "quota_of",
        "same_second",
        "return_to",
        "help",
        "unclaimed_lead",
        "earlier_filings",
        "usual_rebates",
        "rebate_budget",
    }
)
"""What no single claim or filing decides: it holds for all of them alike."""


def _claim_keys(select: s.Selects) -> Mapping[str, Key[Any]]:
    keys: dict[str, Key[Any]] = {
        "who_may_claim": Key(s.FITNESS, "who may claim a lead, judged on the day of the claim"),
        "quota": Key(select.quota(), "open claims per firm, all its users together"),
        "quota_per_person": Key(select.quota(), "open claims per partner user"),
        "quota_counts": Key(COUNTS_FOR, "for whom claims count: the firm or its group of firms"),
        "quota_of": Key(QUOTA_OF, "which leads take a place: all that are held, or those not worked yet"),
        "same_second": Key(s.SAME_SECOND, "who decides between claims of one second for the last free place"),
        "worked_lead": Key(
            Section(
                {
                    "within": Key(
                        DURATION, "a claimed lead has to be worked in this time", into="work_within"
                    ),
                    "remind": Key(ListOf(DURATION), "how long before that the holder is reminded"),
                    "returns_to": Key(
                        words.TEXT,
                        "developer name of the queue to which it goes then; else where it came from",
                    ),
                },
                dict,
            ),
            "the duty to work a claimed lead",
        ),
        "release": Key(
            Section({"reclaim_after": Key(DURATION, "how soon the firm may claim the lead again")}, dict),
            "giving a lead back",
        ),
        "suspicious_contact": Key(s.THEN, "landline, fax and caller id alike"),
        "same_customer_held": Key(s.THEN, "another firm already holds this customer"),
        **claiming_keys(select),
        "return_to": Key(words.TEXT, "developer name of the queue for leads whose own queue is not known"),
    }
    return varying(keys, select.claim, fixed=_FIXED)


def _registration_keys(select: s.Selects, terms: Terms) -> Mapping[str, Key[Any]]:

    def refile(what: str) -> Section[dict[str, Any]]:
        return Section({"file_again_after": Key(DURATION, f"how soon {what} deal may be filed again")}, dict)

    keys: dict[str, Key[Any]] = {
        "who_may_file": Key(s.FITNESS, "who may register a deal, judged on the filing day"),
        "minimum_amount": Key(select.minimum_amount(), "smaller deals are refused"),
        "latest_stage": Key(s.STAGE, "deals filed at a later canonical stage are refused"),
        "complete_filing": Key(s.complete_filing(terms), "what a complete filing names"),
        "evidence": Key(s.EVIDENCE, "proof of relationship"),
        "first_filing": Key(s.FIRST_FILING, "who was first"),
        "direct_sales": Key(s.DIRECT_SALES, "partner against direct sales"),
        "review": Key(select.review(), "filings that go to a person although nothing is wrong with them"),
        "rulings": Key(
            w.rulings(terms), "who may approve what comes to a person, and when two people have to"
        ),
        "by_silence": Key(w.by_silence(terms), "what a filing counts as that nobody rules in time"),
        "decide_within": Key(w.decide_within(terms), "how soon a person has to decide a filing"),
        "escalate": Key(w.escalation(terms), "who is called when it is not"),
        "protection": Key(w.protection(terms), "the protection window"),
        "after_lapse": Key(refile("a lapsed"), "after the window ended"),
        "after_rejection": Key(
            refile("a rejected"),
            "after a rejection of the deal; one for this wait, a cap, a pace, a duplicate, missing proof or "
            "silence starts none, and an appeal that is granted ends it",
        ),
        "after_withdrawal": Key(refile("a withdrawn"), "after the firm took a complete filing back"),
        "appeal": Key(w.APPEAL, "appeals against a rejection"),
        "earlier_filings": Key(
            w.EARLIER, "what becomes of filings from before this version: keep, keep_approved or new"
        ),
        "open_registrations": Key(select.open_registrations(), "open registrations per firm"),
        "filing_pace": Key(filing_pace(select), "how many deals may be filed in a period, refused or not"),
        "benefits": Key(select.benefits(), "what an approved registration earns"),
        "bonuses": Key(
            money.bonuses(select.line), "further benefits: each row that holds is added to `benefits`"
        ),
        "benefits_at_most": Key(
            select.benefits_at_most(), "the most that `benefits` and `bonuses` give together"
        ),
        "usual_rebates": Key(
            money.USUAL_REBATES, "between which shares a rebate normally lies; another one is pointed out"
        ),
        "rebate_budget": Key(
            money.rebate_budget(select.filing), "the caps over every money benefit, of all and of each firm"
        ),
        "who_may_file_for_another": Key(s.TIERS, "whose people may file for another firm: distributors"),
        "open_registrations_count": Key(
            COUNTS_FOR, "for whom open registrations count: the firm or its group"
        ),
        **outcome_keys(terms),
    }
    return varying(keys, select.filing, fixed=_FIXED)


def _shape(terms: Terms, in_force: date) -> Section[Policy]:
    select = s.Selects(terms)
    claims, registrations = _claim_keys(select), _registration_keys(select, terms)
    stages = stage_keys(terms)
    keys: dict[str, Key[Any]] = {
        "policy": Key(words.TEXT, "the policy's name", required=True),
        "version": Key(words.WHOLE, "its version; a change is a new version", required=True),
        "in_force": Key(words.DAY, "the day from which it holds", required=True),
        "profile": Key(words.TEXT, "the profile whose mapping serves this programme, where it has none"),
        "language": Key(words.LANGUAGE, "the programme's own language"),
        "office_hours": Key(s.office_hours(in_force.year - 1), "the programme's business calendar"),
        **claims,
        **registrations,
        **warehouse_sections.KEYS,
        **stages,
        "orders": Key(ORDERS, "how orders are reviewed, and when they take effect"),
        "same_customer": Key(s.SAME_CUSTOMER, "when two records are the same customer"),
        "product_lines": Key(s.PRODUCT_LINES, "product line: its products; conditions see product.line"),
        "line_amounts": Key(
            LineAmounts(terms), "product line: the registration's own field that says what it is worth"
        ),
        "rates": Key(s.RATES, "currency rates by day"),
        "stale_deals": Key(w.stale_deals(terms), "open deals without a sign of life are flagged"),
        "regions": Key(s.PRODUCT_LINES, "region: its countries; conditions see region"),
        "lists": Key(s.LISTS, "list: its names; conditions see lists.NAME"),
        "fiscal_year_starts": Key(
            words.MONTH, "the month in which the business year starts, 1 to 12; by default January"
        ),
        "conflicts": Key(DISPUTES, "who looks after conflicts"),
        "safety": Key(s.SAFETY, "breakers"),
        "sourcing_credit": Key(money.SOURCING_CREDIT, "who is credited with bringing a deal"),
        "partner_quality": Key(money.PARTNER_QUALITY, "the score of a firm's leads by what came of them"),
        "masks": Key(MASKS, "who is named to whom when a ruling is explained"),
        "forecast": Key(money.FORECAST, "stage: the share of a deal's amount that is expected"),
    }

    def make(**given: Any) -> Policy:
        halves = {*claims, *registrations, *warehouse_sections.KEYS, *stages}
        head = {name: value for name, value in given.items() if name not in halves}
        own = {name: value for name, value in given.items() if name in claims}
        filing = {name: value for name, value in given.items() if name in registrations}
        kept = {name: value for name, value in given.items() if name in warehouse_sections.KEYS}
        process = {name: value for name, value in given.items() if name in stages}
        return Policy(
            **head,
            claims=_claims(**own) if own or kept else None,
            warehouse=warehouse_sections.warehouse(**kept) if kept else None,
            registrations=_registrations(**filing) if filing else None,
            stages=staged(**process) if process else None,
        )

    return Section(keys, make)


def _claims(**given: Any) -> ClaimPolicy:
    held, varied = _held(given)
    return ClaimPolicy(**held, varied=varied)


def _registrations(**given: Any) -> RegistrationPolicy:
    held, varied = _held(given)
    return RegistrationPolicy(**held, varied=varied)


_SPREAD: Mapping[str, Mapping[str, str]] = {
    "worked_lead": {"work_within": "work_within", "remind": "remind", "returns_to": "returns_to"},
    "release": {"reclaim_after": "reclaim_after"},
    "after_lapse": {"file_again_after": "refile_after"},
    "after_rejection": {"file_again_after": "refile_after_rejection"},
    "after_withdrawal": {"file_again_after": "refile_after_withdrawal"},
}
"""Sections whose keys are attributes of the terms themselves."""


def _held(given: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Varied[dict[str, object]], ...]]:
    """The attributes of one half of a policy, as they usually hold, and those that each act picks."""
    held: dict[str, Any] = {}
    varied: list[Varied[dict[str, object]]] = []
    for name, value in given.items():
        if not isinstance(value, Varied):
            held |= _attributes(name, value)
            continue
        picked = value.into(partial(_attributes, name), name)
        held |= picked.usual or {}
        varied.append(picked)
    return held, tuple(varied)


def _attributes(name: str, value: Any) -> dict[str, Any]:
    spread = _SPREAD.get(name)
    return {name: value} if spread is None else {spread[key]: each for key, each in value.items()}


def _advice(policy: Policy, tree: Table, file: str) -> tuple[Fault, ...]:
    """R0.14: a rebate outside what the policy calls usual is said, not refused."""
    notes, terms = Reading(file=file), policy.registrations
    usual = terms.usual_rebates if terms else None
    if terms is None or usual is None:
        return ()
    said = f"{_percent(usual.at_least)} to {_percent(usual.at_most)}, as `usual_rebates` says"
    for node in scalars(place) if (place := tree.get("benefits")) is not None else ():
        if node.where.endswith(".rebate") and not usual.hold(words.percent(node.text)):
            notes.fault(node, found=f"a rebate of {node.text}", expected=said, note=True)
    most, place = largest_rebate(terms.benefits, terms.bonuses, terms.benefits_at_most), tree.get("bonuses")
    if place is not None and most > usual.at_most:
        notes.fault(place, found=f"rebates of up to {_percent(most)} together", expected=said, note=True)
    return tuple(notes.faults)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"
