"""Law 17: nothing written where a partner reads names a rival, a score or a desk note."""

from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.messages.catalogue import parse
from connector.messages.speaker import Speaker
from tests.scenarios.filings import ANNA, CARLA, CITY, DIRECT, MANAGER, NORD, POOL, SUED, approved, channel
from tests.support.builders import after, customer, deal, filing, lead, who
from tests.support.channel import MAPPINGS, Told

CATALOGUE = MAPPINGS.parent / "connector" / "messages" / "catalogues" / "en.po"
SPEAKER = Speaker({"en": parse(CATALOGUE.read_text("utf-8"), "en")})


def written(told: Told) -> list[str]:
    """Every text that our decisions want on a record, as it would be read; conflicts are the desk's own."""
    values = [want.value for d in told.decisions for want in d.desired if want.subject is not Kind.CONFLICT]
    return [SPEAKER.say(value, "en_US") if isinstance(value, Say) else str(value) for value in values]


def eventful() -> Told:
    """A story in which nearly everything goes wrong for somebody."""
    story = channel()
    other = customer(1, CITY)
    direct = deal(1, DIRECT, other, last_activity=after().date())
    held = lead(1, POOL, CITY)
    story.add(other, direct, held)
    story.claim(held, CARLA, after(minutes=1))
    first, second = filing(1, ANNA, CITY), filing(2, CARLA, CITY)
    story.file(first, after(days=1))
    story.file(second, after(days=1))
    near = filing(3, CARLA, who("Stadtwerke Auenried AG", city="München"))
    story.file(near, after(days=2))
    quiet = who("Druckerei Jena KG", city="Jena")
    approved(story, filing(4, ANNA, quiet), days=3)
    story.file(filing(5, CARLA, quiet), after(days=5))
    theirs = customer(2, quiet)
    story.add(theirs)
    taken = story.save(deal(2, DIRECT, theirs), after(days=6), DIRECT)
    story.close(taken, DIRECT, after(days=7))
    story.rule(first, "approve", MANAGER, after(days=8))
    twin = story.save(lead(2, ANNA, CITY), after(days=9), ANNA)
    story.work(twin, ANNA, after(days=10))
    return story.tell(after(days=400))


def test_no_rival_is_named_and_no_score_or_reason_of_the_desk_is_shown() -> None:
    """Law 17, R1.2: both sides' evidence is for the desk."""
    told = eventful()
    texts = written(told)
    assert len(texts) > 40
    names = [
        NORD.name,
        SUED.name,
        ANNA.name,
        CARLA.name,
        DIRECT.name,
        MANAGER.name,
        "score",
        "rule could not",
    ]
    rivals = {
        exhibit.record
        for d in told.decisions
        if d.verdict
        for f in d.verdict.findings
        for exhibit in f.exhibits
    }
    rivals -= {ANNA.id, CARLA.id, NORD.id, SUED.id, POOL.id}  # owners and holders are written as owners
    for text in texts:
        for name in (*names, *rivals, "DR-"):
            assert name not in text, text


def test_the_desk_gets_what_the_partner_does_not() -> None:
    """R1.2: "show both sides' evidence" in the desk's own conflict record."""
    creations = [made for d in eventful().decisions for made in d.creations]
    kinds = {str(made.values["kind"]) for made in creations}
    assert {"partner_partner", "partner_direct", "name_variant", "poach"} <= kinds
    assert any("score" in str(made.values["evidence"]) for made in creations)
    assert {made.subject for made in creations} == {Kind.CONFLICT}


def test_a_rule_that_failed_is_named_to_the_desk_alone() -> None:
    """Law 8 with law 17."""
    story = channel(minimum_amount=None)
    draft = filing(1, ANNA, CITY)
    story.file(draft, after(days=1))
    told = story.tell(after(days=2))
    assert "minimum_amount" in {f.rule for f in told.findings(draft)}
    assert all("minimum_amount" not in text for text in written(told))
