"""A back-test as one HTML page that can be passed on: no script, nothing loaded from elsewhere."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from html import escape
from typing import Any

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8dee4;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.up{color:#1a7f37}.down{color:#b42318}
.dim{color:#656d76}details{margin:.4rem 0}summary{cursor:pointer}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th,td{border-color:#30363d}a{color:#6cb6ff}}
"""


def page(body: Mapping[str, Any]) -> str:
    """The page of a back-test's JSON document."""
    return "\n".join(_page(body)) + "\n"


def _page(body: Mapping[str, Any]) -> Iterator[str]:
    title = f"Back-test of {body['policy']}"
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title)}</h1>"
    yield (
        f"<p>{body['decisions']} decisions from {body['since'][:10]} to {body['until'][:10]}, judged once more as if "
        f"this policy had been in force. {body['records_diverged']} records would have gone another way.</p>"
    )
    yield (
        '<p class="dim">After a record\'s first difference its history is <em>conditional</em>: people would have '
        "acted otherwise. Traces of the connector's own writes are left out there "
        f"({body['own_writes_left_out']}).</p>"
    )
    for said in beside(body):
        yield f"<p>{escape(said)}</p>"
    yield from _figures("All together", body["totals"])
    yield "<h2>Per firm and tier</h2>"
    if not body["firms"]:
        yield '<p class="dim">No firm would have fared otherwise.</p>'
    for firm in body["firms"]:
        words = ", ".join(part for part in (firm["name"] or "no firm", firm["tier"]) if part)
        yield f"<details><summary>{_link(firm['link'], words)}</summary>"
        yield from _table(changed(firm["figures"]))
        yield "</details>"
    yield "<h2>What differs</h2>"
    if not body["differences"]:
        yield '<p class="dim">Nothing: every decision would have come out the same.</p>'
    for each in body["differences"]:
        yield from _difference(each)
    yield "</body></html>"


def beside(body: Mapping[str, Any]) -> Iterator[str]:
    """What a reader has to know of the figures: decisions that failed, amounts that nobody can tell."""
    if body["failed"]:
        yield f"{body['failed']} decisions could not be made and count as deferred."
    if body["unpriced"]:
        yield f"{body['unpriced']} benefits have no amount, or no rate, and are not in the sums."


def changed(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """The figures that would have been others."""
    return {name: pair for name, pair in figures.items() if Decimal(pair["change"])}


def signed(change: int | str) -> str:
    """A change as it is read: `+4`, `-3200.00`, `0`."""
    return f"+{change}" if Decimal(change) > 0 else str(change) if Decimal(change) else "0"


def heading(each: Mapping[str, Any]) -> str:
    """One sort of difference: two rulings, or one with other consequences."""
    if each["ledger"] == each["candidate"]:
        beside = f"{each['ledger']} all the same, with another conflict, benefit or credit"
        return f"{each['subject']}: {beside}: {each['count']}"
    said, would = (word.replace("nothing", "no ruling") for word in (each["ledger"], each["candidate"]))
    return f"{each['subject']}: {said} → {would}: {each['count']}"


def happened(kind: str) -> str:
    """What the decision was on: an act, or a deadline."""
    return "deadline" if kind == "tick" else kind.replace("_", " ")


def _figures(title: str, figures: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2>{escape(title)}</h2>"
    yield from _table(figures)


def _table(figures: Mapping[str, Any]) -> Iterator[str]:
    yield '<table><tr><th></th><th class="n">ledger</th><th class="n">candidate</th><th class="n">change</th></tr>'
    for name, pair in figures.items():
        words = name.replace("_", " ")
        change = signed(pair["change"])
        mark = {"+": "up", "-": "down"}.get(change[0], "")
        yield (
            f'<tr><td>{escape(words)}</td><td class="n">{pair["ledger"]}</td><td class="n">{pair["candidate"]}</td>'
            f'<td class="n {mark}">{escape(change)}</td></tr>'
        )
    yield "</table>"


def _difference(each: Mapping[str, Any]) -> Iterator[str]:
    mark = f' <span class="dim">({each["conditional"]} conditional)</span>' if each["conditional"] else ""
    yield f"<h3>{escape(heading(each))}{mark}</h3>"
    yield "<table><tr><th>record</th><th>firm</th><th>on</th><th>when</th><th>why</th></tr>"
    for example in each["examples"]:
        why = "<br>".join(
            f"<strong>{escape(reason['rule'])}</strong>: {escape(reason['text'])}"
            for reason in example["reasons"]
        )
        if why and example["dropped"]:
            why = f'<span class="dim">no longer:</span> {why}'
        mark = ' <span class="dim">conditional</span>' if example["conditional"] else ""
        firm = ", ".join(part for part in (example["firm_name"], example["tier"]) if part)
        yield (
            f"<tr><td>{_link(example['link'], example['name'])}{mark}</td><td>{escape(firm)}</td>"
            f"<td>{escape(happened(example['happened']))}</td>"
            f"<td>{escape(example['at'][:19].replace('T', ' '))} UTC</td><td>{why}</td></tr>"
        )
    yield "</table>"


def _link(link: str, words: str) -> str:
    if not link.startswith(("https://", "http://")):
        return escape(words)
    return f'<a href="{escape(link)}">{escape(words)}</a>'
