"""`connector scenario`: a story told in YAML, played in memory or through a practice org, and compared."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from connector.canonical.fault import Fault
from connector.cli.exit import Exit, Unreadable, guarded
from connector.cli.options import Json
from connector.profiles import Faulty
from connector.scenario.differences import Difference
from connector.scenario.exempt import exempted, held
from connector.scenario.file import load_story
from connector.scenario.memory import Memory
from connector.scenario.org import through_an_org
from connector.scenario.story import Story
from connector.telemetry import clock, log


def register(app: typer.Typer) -> None:
    app.command("scenario")(scenario)


@guarded
def scenario(
    files: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.", exists=True)],
    as_json: Json = False,
    org: Annotated[
        bool,
        typer.Option("--org", help="Through a practice org over HTTP: seconds a story, not milliseconds."),
    ] = False,
    profile: Annotated[
        str, typer.Option(help="Play this profile in place of the one that its mapping is based on.")
    ] = "",
) -> None:
    """Play stories written in YAML under a profile's rules, and say where they end otherwise than expected."""
    stories = [_story(path, profile) for path in _files(files)]
    log.start("critical", json=False)
    played = [_played(story, org=org) for story in stories]
    if as_json:
        typer.echo(json.dumps({"stories": [_plain(*each) for each in played]}, ensure_ascii=False))
    else:
        _show(played)
    if any(found for _, found, _ in played):
        raise typer.Exit(int(Exit.FAILED))


def _files(named: Sequence[Path]) -> Iterator[Path]:
    for path in named:
        yield from sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


def _story(path: Path, profile: str) -> Story:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise Unreadable(f"{path} is no text: {fault}") from None
    story, faults = load_story(text, str(path), profile)
    if story is None:
        raise Faulty(faults or (Fault(file=str(path), found="a story that cannot be read"),))
    return story


def _played(story: Story, *, org: bool) -> tuple[Story, tuple[Difference, ...], float]:
    started = clock.elapsed()
    found = held(story, through_an_org(story) if org else Memory(story).play())
    return story, found, clock.elapsed() - started


def _plain(story: Story, found: Sequence[Difference], seconds: float) -> dict[str, object]:
    exempt = exempted(story)
    return {
        "file": story.file,
        "scenario": story.title,
        "proves": list(story.proves),
        "milliseconds": round(seconds * 1000),
        "not_on": exempt.reason if exempt else None,
        "differences": [
            {
                "line": each.place.line,
                "column": each.place.column,
                "record": each.subject,
                "word": each.word,
                "expected": each.wanted,
                "found": each.found,
            }
            for each in found
        ],
    }


def _show(played: Sequence[tuple[Story, tuple[Difference, ...], float]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for story, found, seconds in played:
        exempt = exempted(story)
        mark = "[red]✗[/]" if found else "[yellow]–[/]" if exempt else "[green]✓[/]"
        proves = f" ({', '.join(story.proves)})" if story.proves else ""
        console.print(f"{mark} {story.title}[dim]{proves}, {seconds * 1000:.0f} ms[/]")
        for each in found:
            console.print("    " + each.line(story.file), markup=False)
        if exempt is not None:
            console.print(f"    not on {', '.join(story.profiles)}: {exempt.reason}", markup=False)
    wrong = sum(bool(found) for _, found, _ in played)
    apart = sum(exempted(story) is not None for story, _, _ in played)
    told = f"{len(played)} {'story' if len(played) == 1 else 'stories'}"
    ended = f"{wrong} ended otherwise than expected" if wrong else "as expected"
    console.print(f"{told}: {ended}{f'; {apart} not on this shape, as said' if apart else ''}.")
