"""A back-test as one HTML page that can be passed on: no script, nothing loaded from elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from connector.cli.backtest_words import Row, Words
from connector.messages import Heading

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d0d7de;--dim:#57606a;--link:#0550ae;--tint:#f6f8fa}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#3d444d;--dim:#9198a1;--link:#79c0ff;
--tint:#161b22}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:64rem;padding:1.5rem 1rem 4rem;color:var(--ink);
background:var(--paper);overflow-wrap:break-word}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1.25rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:2rem 0 .25rem}p{margin:.4rem 0;max-width:46rem}a{color:var(--link)}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
caption{text-align:left;color:var(--dim);padding:.2rem 0}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th:first-child,td:first-child{padding-left:0}
thead th{color:var(--dim);font-weight:600;font-size:.875rem}tbody th{font-weight:400}
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}td.moved{font-weight:600}
.dim{color:var(--dim)}.rule{color:var(--dim);font-size:.8125rem}
.examples td:nth-child(2),.examples td:nth-child(3){width:15%}.examples td:nth-child(4){width:18%}
details{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.5rem 0}summary:focus-visible,a:focus-visible{outline:2px solid var(--link);
outline-offset:2px}
@media(max-width:44rem){
body{padding:1rem 1rem 3rem}h1{font-size:1.35rem}
caption,table,tbody{display:block}
.figures thead{display:block;hyphens:auto}
.figures tr{display:grid;grid-template-columns:repeat(3,1fr);border-bottom:1px solid var(--line);padding:.35rem 0}
.figures th,.figures td{border:0;padding:0 0 0 .35rem;overflow-wrap:anywhere}
.figures td.n{white-space:normal;font-size:.9375rem}
.figures tbody th{grid-column:1/-1;padding:0 0 .15rem}.figures thead th:first-child{display:none}
.examples tr,.examples td{display:block;width:auto!important}
.examples thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.examples tr{background:var(--tint);border:1px solid var(--line);border-radius:.4rem;padding:.5rem .75rem;
margin:0 0 .75rem}
.examples td{border:0;padding:.15rem 0}
.examples td::before{content:attr(data-label);display:block;color:var(--dim);font-size:.8125rem}
}
@media print{details>*{display:block}body{max-width:none}}
"""

_SIDES = (Heading.BACKTEST_LEDGER, Heading.BACKTEST_CANDIDATE, Heading.BACKTEST_CHANGE)
_COLUMNS = (
    Heading.BACKTEST_RECORD,
    Heading.BACKTEST_FIRM,
    Heading.BACKTEST_ACT,
    Heading.BACKTEST_WHEN,
    Heading.BACKTEST_WHY,
)


def page(body: Mapping[str, Any], words: Words) -> str:
    """The page of a back-test's JSON document, in one language."""
    return "\n".join(_Page(words).lines(body)) + "\n"


class _Page:
    def __init__(self, words: Words) -> None:
        self._words = words

    def lines(self, body: Mapping[str, Any]) -> Iterator[str]:
        title = escape(self._words.tell(Heading.BACKTEST_TITLE, policy=body["policy"]))
        yield "<!doctype html>"
        yield f'<html lang="{escape(self._words.tag)}"><head><meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
        yield f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
        yield f"<h1>{title}</h1>"
        for said in self._words.summary(body):
            yield f"<p>{escape(said)}</p>"
        conditional = self._words.counted(Heading.BACKTEST_CONDITIONAL, left_out=body["own_writes_left_out"])
        yield f'<p class="dim">{escape(conditional)}</p>'
        yield self._heading(Heading.BACKTEST_TOGETHER)
        yield from self._figures(self._words.rows(body["totals"]))
        yield self._heading(Heading.BACKTEST_PER_FIRM)
        if not body["firms"]:
            yield f'<p class="dim">{self._said(Heading.BACKTEST_NO_FIRM_DIFFERS)}</p>'
        for firm in body["firms"]:
            yield from self._firm(firm)
        yield self._heading(Heading.BACKTEST_WHAT_DIFFERS)
        if not body["differences"]:
            yield f'<p class="dim">{self._said(Heading.BACKTEST_NOTHING_DIFFERS)}</p>'
        for each in body["differences"]:
            yield from self._difference(each)
        yield "</main></body></html>"

    def _firm(self, firm: Mapping[str, Any]) -> Iterator[str]:
        """A firm's figures, folded; its link stands inside, for a summary is a button of its own."""
        name = self._words.firm(firm["name"], firm["tier"])
        yield f"<details><summary>{escape(name)}</summary>"
        linked = _link(firm["link"], name)
        caption = linked if linked != escape(name) else ""
        yield from self._figures(self._words.rows(firm["figures"], changed=True), caption)
        yield "</details>"

    def _figures(self, rows: Sequence[Row], caption: str = "") -> Iterator[str]:
        # tables whose rows are told otherwise on a narrow screen stay tables for who hears them
        yield '<table class="figures" role="table">'
        if caption:
            yield f"<caption>{caption}</caption>"
        sides = "".join(
            f'<th scope="col" role="columnheader" class="n">{self._said(side)}</th>' for side in _SIDES
        )
        first = f'<th scope="col" role="columnheader">{self._said(Heading.BACKTEST_MEASURE)}</th>'
        yield f'<thead role="rowgroup"><tr role="row">{first}{sides}</tr></thead><tbody role="rowgroup">'
        for row in rows:
            sides = "".join(
                f'<td role="cell" class="n">{escape(side)}</td>' for side in (row.ledger, row.candidate)
            )
            moved = f'<td role="cell" class="n{" moved" if row.moved else ""}">{escape(row.change)}</td>'
            name = f'<th scope="row" role="rowheader">{escape(row.name)}</th>'
            yield f'<tr role="row">{name}{sides}{moved}</tr>'
        yield "</tbody></table>"

    def _difference(self, each: Mapping[str, Any]) -> Iterator[str]:
        yield f"<h3>{escape(self._words.difference(each))}</h3>"
        if each["conditional"]:
            later = self._words.counted(Heading.BACKTEST_AFTER_EARLIER, number=each["conditional"])
            yield f'<p class="dim">{escape(later)}</p>'
        counts = {"shown": len(each["examples"]), "number": each["count"]}
        yield '<table class="examples" role="table">'
        yield f"<caption>{escape(self._words.counted(Heading.BACKTEST_EXAMPLES, **counts))}</caption>"
        heads = "".join(f'<th scope="col" role="columnheader">{self._said(head)}</th>' for head in _COLUMNS)
        yield f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">'
        for example in each["examples"]:
            cells = zip(_COLUMNS, self._cells(example), strict=True)
            yield '<tr role="row">' + "".join(self._cell(head, cell) for head, cell in cells) + "</tr>"
        yield "</tbody></table>"

    def _cells(self, example: Mapping[str, Any]) -> tuple[str, ...]:
        why = "<br>".join(
            f'{escape(reason["text"])} <code class="rule">{escape(reason["rule"])}</code>'
            for reason in example["reasons"]
        )
        if why and example["dropped"]:
            why = f'<span class="dim">{self._said(Heading.BACKTEST_NO_LONGER)}</span> {why}'
        record = _link(example["link"], example["name"])
        if example["conditional"]:
            record += f' <span class="dim">({self._said(Heading.BACKTEST_CONDITIONAL_MARK)})</span>'
        return (
            record,
            escape(self._words.firm(example["firm_name"], example["tier"])),
            escape(self._words.happened(example["happened"])),
            escape(self._words.when(example["at"])),
            why,
        )

    def _cell(self, head: Heading, cell: str) -> str:
        return (
            f'<td role="cell" data-label="{self._said(head)}">{cell}</td>'
            if cell
            else '<td role="cell"></td>'
        )

    def _heading(self, heading: Heading) -> str:
        return f"<h2>{self._said(heading)}</h2>"

    def _said(self, heading: Heading) -> str:
        return escape(self._words.tell(heading))


def _link(link: str, words: str) -> str:
    if not link.startswith(("https://", "http://")):
        return escape(words)
    return f'<a href="{escape(link)}">{escape(words)}</a>'
