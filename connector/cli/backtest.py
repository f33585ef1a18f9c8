"""`connector backtest --policy FILE --since DATE`: what would have come out otherwise under another policy."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from connector import desk
from connector.bootstrap import INSTANCE_URL, speaker
from connector.cli.backtest_page import beside, changed, happened, heading, page, signed
from connector.cli.exit import Exit, NotFound, fail, guarded
from connector.cli.options import Config, Json, settings, spoken
from connector.cli.progress import bars
from connector.cli.told import Told
from connector.flows.backtest import NothingSealed
from connector.flows.backtest_report import Backtested, Pair, is_money
from connector.flows.teller import Teller
from connector.messages import LANGUAGES
from connector.profiles import read_profiles

_DAY = ["%Y-%m-%d"]
_FIRMS_SHOWN = 20
_EXAMPLES_SHOWN = 5


def register(app: typer.Typer) -> None:
    app.command("backtest")(backtest)


@guarded
def backtest(
    policy: Annotated[Path, typer.Option(help="The policy file to try.", exists=True, dir_okay=False)],
    since: Annotated[datetime, typer.Option(formats=_DAY, help="First day, in the programme's zone.")],
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Last day; default: all judged for good.")
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
        try:
            with desk.backtest(office) as work, bars() as progress:
                found = work.run(tried, first, last, progress)
        except NothingSealed as nothing:
            raise NotFound(str(nothing)) from None
        voice = speaker(office.profiles.mapping)
        with office.store.reading() as view:
            url = view.notes.get(INSTANCE_URL) or ""
            told = Told(Teller(view, voice, url=url, language=language), voice, language)
            body = document(found, told)
    if write_page:
        write_page.write_text(page(body), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        _show(body, Console(highlight=False))
        if write_page:
            typer.echo(f"The same as a page: {write_page}")


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


def _show(body: dict[str, Any], console: Console) -> None:
    console.print(
        f"{body['decisions']} decisions from {body['since'][:10]} to {body['until'][:10]} under {body['policy']}; "
        f"{body['records_diverged']} records would have gone another way."
    )
    for said in beside(body):
        console.print(said)
    console.print(_figures("all together", body["totals"]))
    for firm in body["firms"][:_FIRMS_SHOWN]:
        title = ", ".join(part for part in (firm["name"] or "no firm", firm["tier"]) if part)
        console.print(_figures(title, changed(firm["figures"])))
    if len(body["firms"]) > _FIRMS_SHOWN:
        console.print(f"… and {len(body['firms']) - _FIRMS_SHOWN} more firms: --json or --page")
    for each in body["differences"]:
        later = f", {each['conditional']} of them after an earlier difference" if each["conditional"] else ""
        console.print(heading(each) + later, markup=False)
        for example in each["examples"][:_EXAMPLES_SHOWN]:
            said = "; ".join(f"{why['rule']}: {why['text']}" for why in example["reasons"])
            said = f"no longer: {said}" if said and example["dropped"] else said
            mark = " (conditional)" if example["conditional"] else ""
            when = f"{example['at'][:16].replace('T', ' ')} UTC, {happened(example['happened'])}"
            who = ", ".join(filter(None, (example["name"], example["firm_name"])))
            console.print(f"  {example['link']}  {who}{mark}  {when}  {said}", markup=False)


def _figures(title: str, figures: Mapping[str, Any]) -> Table:
    table = Table("", "ledger", "candidate", "change", title=title, title_justify="left")
    for name, pair in figures.items():
        table.add_row(
            name.replace("_", " "), str(pair["ledger"]), str(pair["candidate"]), signed(pair["change"])
        )
    return table
