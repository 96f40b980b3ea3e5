"""The cases by which wrong beliefs and decisions that arise only sometimes are defined, and others as small."""

from __future__ import annotations

from dataclasses import replace

from tests.meaning.stories import Belief, Chance, Condition, Decision, Story, Worth, is_, not_

DEPLOYED, FLOWN, STRUCK = is_("deploy", "deploy"), is_("watch", "fly"), is_("response", "strike")
HIGH = is_("us_resolve", "high")
WITHDRAWN, HELD, WAR = is_("settle", "withdraw"), is_("settle", "hold"), is_("war", "war")


def all_of(*conditions: Condition) -> Condition:
    found = conditions[0]
    for other in conditions[1:]:
        found = ("and", found, other)
    return found


def misperception() -> Story:
    """Moscow may deploy, Washington's resolve is its own secret: high in 60 %."""
    home: Worth = (
        (all_of(DEPLOYED, HIGH, STRUCK), 60),
        (all_of(DEPLOYED, HIGH), 40),
        (all_of(DEPLOYED, STRUCK), 40),
        (DEPLOYED, 60),
        (None, 50),
    )
    return Story(
        {"ussr": 2, "us": 2},
        (
            Chance("us_resolve", ("low", "high"), ((None, (40,)),), private="us"),
            Decision("watch", "us", ("fly", "rest_")),
            Decision("deploy", "ussr", ("refrain", "deploy")),
            Decision(
                "response",
                "us",
                ("accept", "strike"),
                ("us_resolve", "deploy"),
                only=((is_("deploy", "refrain"), ("accept",)),),
            ),
        ),
        {
            ("ussr", "gain"): ((is_("deploy", "refrain"), 50), (STRUCK, 10), (None, 90)),
            ("us", "home"): home,
            ("us", "eyes"): ((FLOWN, 50), (DEPLOYED, 0), (None, 80)),
        },
    )


def taking_resolve_for(high: int, known_to: tuple[str, ...] = ()) -> Belief:
    """Return Moscow's belief that resolve is high in so many percent."""
    return Belief({"us_resolve": ((None, (100 - high,)),)}, known_to=known_to)


def detection() -> Story:
    """Washington settles only what was found."""
    soft = is_("type", "soft")
    return Story(
        {"us": 2},
        (
            Chance("policy", ("lax", "tight"), ((None, (50,)),)),
            Chance("type", ("hard", "soft"), ((None, (50,)),)),
            Chance(
                "detection",
                ("missed", "found"),
                ((is_("policy", "tight"), (0,)), (soft, (50,)), (None, (100,))),
                ("policy", "type"),
            ),
            Decision("settle", "us", ("withdraw", "hold"), ("detection", "type"), when=is_("detection", "found")),
            Chance("war", ("peace", "war"), ((HELD, (50,)), (WITHDRAWN, (90,)), (None, (98,))), ("settle",)),
        ),
        {("us", "s"): ((all_of(soft, WITHDRAWN), 70), (all_of(not_(soft), HELD), 70), (None, 50))},
    )


def coordination() -> Story:
    """Two choose alike, and what a third does tips which way; nothing depends on ``coin``.

    On the branch they are locked in on y while the third still hesitates. Were it held at what it does in the end, they
    would start from there and be led to x.
    """
    x, high = all_of(is_("a", "x"), is_("b", "x")), is_("z", "high")
    alike: Worth = ((all_of(x, high), 60), (x, 10), (all_of(is_("a", "y"), is_("b", "y")), 40), (None, 0))
    return Story(
        {"third": 2, "north": 20, "south": 20},
        (
            Chance("coin", ("heads", "tails"), ((None, (50,)),)),
            Decision("z", "third", ("low", "high")),
            Decision("a", "north", ("x", "y")),
            Decision("b", "south", ("x", "y")),
        ),
        {("third", "gain"): ((high, 80), (None, 50)), ("north", "gain"): alike, ("south", "gain"): alike},
    )


def nerve() -> Story:
    """Moscow does not know its own nerve, strong in 50 %, on which depends whether a deployment pays."""
    return Story(
        {"ussr": 2, "us": 2},
        (
            Chance("us_resolve", ("low", "high"), ((None, (40,)),), private="us"),
            Chance("nerve", ("weak", "strong"), ((None, (50,)),)),
            Decision("watch", "us", ("fly", "rest_")),
            Decision("deploy", "ussr", ("refrain", "deploy")),
        ),
        {
            ("ussr", "gain"): ((all_of(DEPLOYED, is_("nerve", "strong")), 70), (DEPLOYED, 40), (None, 50)),
            ("us", "eyes"): ((FLOWN, 50), (DEPLOYED, 0), (None, 80)),
        },
    )


def believing(story: Story, **beliefs: Belief) -> Story:
    return replace(story, beliefs=beliefs)


def asked_blind() -> Story:
    """A guard is asked only in an alarm, which it does not see: a fire makes one in 90 %, a cat in 20 %.

    A watchman, asked later whatever happened, sees whether the guard was asked, and if so what it did.
    """
    fire = is_("cause", "fire")
    runs = is_("guard", "runs")
    return Story(
        {"guards": 3, "watch": 3},
        (
            Chance("cause", ("cat", "fire"), ((None, (70,)),)),
            Chance("alarm", ("quiet", "rings"), ((fire, (10,)), (None, (80,))), ("cause",)),
            Decision("guard", "guards", ("runs", "stays"), when=is_("alarm", "rings")),
            Decision("watchman", "watch", ("calls", "waits"), ("guard",)),
        ),
        {
            ("guards", "duty"): ((all_of(fire, runs), 60), (runs, 40), (None, 50)),
            ("watch", "duty"): (
                (all_of(fire, is_("watchman", "calls")), 60),
                (is_("watchman", "calls"), 40),
                (None, 50),
            ),
        },
    )


def remembered(forgets: tuple[str, ...] = ()) -> Story:
    """Whoever may be asked sees a sign first, and later guesses what it stood for, asked before or not.

    The sign is right in 80 %. The first question comes where a coin that nobody sees falls on heads.
    """
    signed = ((is_("truth", "left"), (80,)), (None, (20,)))
    right = tuple(all_of(is_("truth", side), is_("guess", side)) for side in ("left", "right"))
    return Story(
        {"north": 3},
        (
            Chance("truth", ("left", "right"), ((None, (50,)),)),
            Chance("sign", ("left", "right"), signed, ("truth",)),
            Chance("coin", ("heads", "tails"), ((None, (40,)),)),
            Decision("first", "north", ("yes_", "no_"), ("sign",), when=is_("coin", "heads")),
            Decision("guess", "north", ("left", "right"), forgets=forgets),
        ),
        {("north", "gain"): ((right[0], 60), (right[1], 60), (None, 40))},
    )
