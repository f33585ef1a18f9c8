"""`connector backtest --policy FILE --since DATE`: what would have come out otherwise under another policy."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from connector import desk
from connector.bootstrap import INSTANCE_URL, speaker
from connector.cli.backtest_page import page
from connector.cli.backtest_words import Row, Words
from connector.cli.exit import Exit, NotFound, fail, guarded
from connector.cli.options import Config, Json, day, settings, spoken
from connector.cli.progress import bars
from connector.cli.told import Told
from connector.flows.backtest import NothingSealed
from connector.flows.backtest_report import Backtested, Pair, is_money
from connector.flows.teller import Teller
from connector.messages import LANGUAGES, Heading
from connector.profiles import read_profiles

_FIRMS_SHOWN = 20
_EXAMPLES_SHOWN = 5


def register(app: typer.Typer) -> None:
    app.command("backtest")(backtest)


@guarded
def backtest(
    policy: Annotated[Path, typer.Option(help="The policy file to try.", exists=True, dir_okay=False)],
    since: Annotated[
        datetime, typer.Option(parser=day, metavar="DAY", help="First day, in the programme's zone.")
    ],
    until: Annotated[
        datetime | None,
        typer.Option(parser=day, metavar="DAY", help="Last day; default: all judged for good."),
    ] = None,
    config: Config = None,
    as_json: Json = False,
    write_page: Annotated[
        Path | None, typer.Option("--page", help="Also write one HTML page that can be passed on.")
    ] = None,
    language: Annotated[str, typer.Option(help=f"One of {', '.join(LANGUAGES)}, or a locale of one.")] = "en",
) -> None:
    """Judge the mirrored history once more under another policy, and say what would have differed (R0.15).

    Nothing is asked of the org, and nothing is written, neither there nor in the ledger.
    """
    spoken(language, as_json=as_json)
    if until is not None and until < since:
        raise fail(
            Exit.USAGE, f"--until {until:%Y-%m-%d} is before --since {since:%Y-%m-%d}", as_json=as_json
        )
    loaded = settings(config, quiet=True)
    mapping = read_profiles(loaded.profiles).mapping
    tried, _ = desk.candidate(policy, mapping.own if mapping else None)
    with desk.opened(loaded) as office:
        zone = ZoneInfo(office.mapping.mapping.time_zone)
        first = since.replace(tzinfo=zone)
        last = until.replace(tzinfo=zone) + timedelta(days=1, seconds=-1) if until else None
        voice = speaker(office.profiles.mapping)
        words = Words(voice, language)
        try:
            with desk.backtest(office) as work, bars() as progress:
                found = work.run(tried, first, last, words.progress(progress))
        except NothingSealed as nothing:
            raise NotFound(str(nothing)) from None
        with office.store.reading() as view:
            url = view.notes.get(INSTANCE_URL) or ""
            told = Told(Teller(view, voice, url=url, language=language), voice, language)
            body = document(found, told)
    if write_page:
        write_page.write_text(page(body, words), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        _show(body, words, Console(highlight=False))
        if write_page:
            typer.echo(words.tell(Heading.BACKTEST_PAGE_WRITTEN, file=str(write_page)))


def document(found: Backtested, told: Told) -> dict[str, Any]:
    """The comparison as JSON values; money as text, in the currency that the measure's name ends in."""
    return {
        "policy": found.policy,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "decisions": found.decisions,
        "records_diverged": found.diverged,
        "own_writes_left_out": found.left_out,
        "failed": found.failed,
        "unpriced": found.unpriced,
        "totals": {name: _pair(name, found.totals[name]) for name in found.measures()},
        "firms": [
            {
                "firm": firm,
                "name": told.name(firm),
                "link": told.link(firm),
                "tier": tier,
                "figures": {name: _pair(name, pairs[name]) for name in found.measures() if name in pairs},
            }
            for (firm, tier), pairs in found.changed_firms()
        ],
        "differences": [
            {
                "subject": each.subject,
                "ledger": each.said,
                "candidate": each.would,
                "count": each.count,
                "conditional": each.conditional,
                "examples": [told.example(example) for example in each.examples],
            }
            for each in sorted(found.differences.values(), key=lambda each: (-each.count, each.subject))
        ],
    }


def _pair(name: str, pair: Pair) -> dict[str, Any]:
    if is_money(name):
        return {"ledger": str(pair.ledger), "candidate": str(pair.candidate), "change": str(pair.change)}
    return {"ledger": int(pair.ledger), "candidate": int(pair.candidate), "change": int(pair.change)}


def _show(body: dict[str, Any], words: Words, console: Console) -> None:
    console.print(words.tell(Heading.BACKTEST_TITLE, policy=body["policy"]), style="bold", markup=False)
    for said in words.summary(body):
        console.print(said, markup=False)
    console.print(_figures(words, words.tell(Heading.BACKTEST_TOGETHER), words.rows(body["totals"])))
    for firm in body["firms"][:_FIRMS_SHOWN]:
        title = words.firm(firm["name"], firm["tier"])
        console.print(_figures(words, title, words.rows(firm["figures"], changed=True)))
    if len(body["firms"]) > _FIRMS_SHOWN:
        more = len(body["firms"]) - _FIRMS_SHOWN
        console.print(words.counted(Heading.BACKTEST_MORE_FIRMS, number=more))
    for each in body["differences"]:
        _difference(each, words, console)


def _difference(each: dict[str, Any], words: Words, console: Console) -> None:
    console.print(words.difference(each), style="bold", markup=False)
    if each["conditional"]:
        console.print("  " + words.counted(Heading.BACKTEST_AFTER_EARLIER, number=each["conditional"]))
    examples = each["examples"][:_EXAMPLES_SHOWN]
    counts = {"shown": len(examples), "number": each["count"]}
    console.print("  " + words.counted(Heading.BACKTEST_EXAMPLES, **counts), style="dim")
    for example in examples:
        _example(example, words, console)


def _example(example: dict[str, Any], words: Words, console: Console) -> None:
    """Who, when and why, each under the other; the address on a line of its own, never broken."""
    who = ", ".join(filter(None, (example["name"], example["firm_name"])))
    if example["conditional"]:
        who += f" ({words.tell(Heading.BACKTEST_CONDITIONAL_MARK)})"
    said = "; ".join(f"{why['text']} ({why['rule']})" for why in example["reasons"])
    if said and example["dropped"]:
        said = f"{words.tell(Heading.BACKTEST_NO_LONGER)} {said}"
    when = f"{words.when(example['at'])}  {words.happened(example['happened'])}"
    console.print(Padding(Text(who), (0, 0, 0, 2)))
    for line in filter(None, (when, said)):
        console.print(Padding(Text(line), (0, 0, 0, 4)))
    console.print(Text(f"    {example['link']}", style="dim"), soft_wrap=True)


def _figures(words: Words, title: str, rows: Sequence[Row]) -> Table:
    table = Table(title=Text(title), title_justify="left")
    table.add_column(words.tell(Heading.BACKTEST_MEASURE))
    for heading in (Heading.BACKTEST_LEDGER, Heading.BACKTEST_CANDIDATE, Heading.BACKTEST_CHANGE):
        table.add_column(words.tell(heading), justify="right")
    for row in rows:
        table.add_row(row.name, row.ledger, row.candidate, row.change)
    return table
