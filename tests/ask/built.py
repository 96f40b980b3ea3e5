"""Random cases built so that what a claim rests on is known: it restates a line, hangs on two, or on none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

HEAD = """quandary: 2
title: built
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10, because: invented}
"""


@dataclass(frozen=True)
class Built:
    """A case, what is claimed of it, and what that rests on: ``restates`` its line or hangs on so many of them."""

    text: str
    query: str
    restates: bool
    hangs_on: int


def _chance(name: str, given: Sequence[str] = (), body: str = 'odds: {"yes": 50%, "no": rest}', more: str = "") -> str:
    listed = f"    given: [{', '.join(given)}]\n" if given else ""
    return f'  - chance: {name}\n{listed}    states: ["no", "yes"]\n    {body}\n{more}    because: invented\n'


def _base(percent: int) -> str:
    return f'base: {{"yes": {percent}%, "no": rest}}'


def _effect(*rules: str) -> str:
    return "    effects:\n" + "".join(f"      - {rule}\n" for rule in rules)


def _idle(draw: Random) -> str:
    """Return a few events that the claim has nothing to do with, each with a range."""
    return "".join(
        _chance(f"idle{i}", body=f'odds: {{"yes": {draw.randint(5, 40)}% to {draw.randint(45, 90)}%, "no": rest}}')
        for i in range(draw.randint(0, 5))
    )


def _case(story: str, stakes: str = "") -> str:
    return f"{HEAD}story:\n{story}{stakes}"


def _sign(of: str, by: str) -> str:
    return f"P({of} = yes | do({by} = yes)) > P({of} = yes | do({by} = no))"


def one_factor(draw: Random) -> Built:
    """One factor, surely above 1 or perhaps."""
    low = draw.choice([0.3, 0.5, 0.8, 1.2, 1.5, 2.0])
    factor = f'x = yes: {{"yes": x{low} to x{low * draw.uniform(4, 9):.3g}}}'
    story = _chance("x") + _chance("y", ["x"], _base(draw.randint(10, 80)), _effect(factor))
    return Built(_case(_idle(draw) + story), _sign("y", "x"), restates=True, hangs_on=0)


def one_of_points(draw: Random) -> Built:
    """Points, surely above 0 or perhaps, beside another effect that has nothing to do with it."""
    low = draw.choice([-8, -5, -3, 4, 6])
    points = f'x = yes: {{"yes": {low:+d} to {low + draw.randint(10, 14):+d} points}}'
    other = 'z = yes: {"yes": x2 to x5}'
    story = _chance("x") + _chance("z") + _chance("y", ["x", "z"], _base(40), _effect(points, other))
    return Built(_case(_idle(draw) + story), _sign("y", "x"), restates=True, hangs_on=0)


def one_table(draw: Random) -> Built:
    """Odds by what is set, whose ranges lie apart."""
    middle = draw.randint(30, 60)
    odds = (
        f'odds:\n      - x = yes: {{"yes": {middle + 8}% to {middle + 30}%, "no": rest}}\n'
        f'      - otherwise: {{"yes": {middle - 25}% to {middle - 8}%, "no": rest}}'
    )
    story = _chance("x") + _chance("y", ["x"], odds)
    return Built(_case(_idle(draw) + story), _sign("y", "x"), restates=True, hangs_on=0)


def one_level(draw: Random) -> Built:
    """Odds that straddle the level that they are compared with."""
    level = draw.randint(30, 70)
    odds = f'odds: {{"yes": {level - draw.randint(8, 25)}% to {level + draw.randint(8, 25)}%, "no": rest}}'
    return Built(_case(_idle(draw) + _chance("y", body=odds)), f"P(y = yes) > {level}%", restates=True, hangs_on=0)


def one_stake(draw: Random) -> Built:
    """A worth by what is set."""
    low = draw.randint(10, 50)
    worth = f"[{{x = yes: {low + 25} to {low + 45}}}, {{otherwise: {low - 10} to {low}}}]"
    stakes = f"stakes:\n  a:\n    s: {{worth: {worth}, because: invented}}\n"
    query = "E(a.s | do(x = yes)) > E(a.s | do(x = no))"
    return Built(_case(_idle(draw) + _chance("x"), stakes), query, restates=True, hangs_on=0)


def two_links(draw: Random) -> Built:
    """A chain of two links, both surely raising."""
    one, other = (f'{by} = yes: {{"yes": x{draw.uniform(1.5, 3):.3g} to x{draw.uniform(4, 9):.3g}}}' for by in "xm")
    story = _chance("x")
    story += _chance("m", ["x"], _base(draw.randint(15, 70)), _effect(one))
    story += _chance("y", ["m"], _base(draw.randint(15, 70)), _effect(other))
    return Built(_case(_idle(draw) + story), _sign("y", "x"), restates=False, hangs_on=2)


def two_unknown_links(draw: Random) -> Built:
    """A chain of two links, the sign of both unknown: each tells nothing alone, both tell all."""
    one, other = (f'{by} = yes: {{"yes": x(exp({number}))}}' for by, number in (("x", "f"), ("m", "g")))
    numbers = (f"uniform(-{spread}, {spread})" for spread in (draw.randint(1, 3), draw.randint(1, 3)))
    named = "assumptions:\n" + "".join(
        f'  {name}: {{value: "{value}", because: invented}}\n' for name, value in zip("fg", numbers, strict=True)
    )
    story = _chance("x") + _chance("m", ["x"], _base(50), _effect(one)) + _chance("y", ["m"], _base(50), _effect(other))
    return Built(f"{HEAD}{named}story:\n{_idle(draw)}{story}", _sign("y", "x"), restates=False, hangs_on=2)


def two_odds(draw: Random) -> Built:
    """Two odds of one table whose ranges overlap: what is claimed is which of them is higher."""
    low = draw.randint(20, 35)
    odds = (
        f'odds:\n      - x = yes: {{"yes": {low}% to {low + 30}%, "no": rest}}\n'
        f'      - otherwise: {{"yes": {low - draw.randint(-5, 5)}% to {low + 30}%, "no": rest}}'
    )
    story = _chance("x") + _chance("y", ["x"], odds)
    return Built(_case(_idle(draw) + story), _sign("y", "x"), restates=False, hangs_on=2)


def two_stakes(draw: Random) -> Built:
    """A choice between two options, whose worth two ranges decide."""
    low = draw.randint(30, 45)
    worth = f"{{d = p: {low} to {low + 25}}}, {{otherwise: {low - draw.randint(-4, 4)} to {low + 25}}}"
    stakes = f"stakes:\n  a:\n    s: {{worth: [{worth}], because: invented}}\n"
    story = "  - decision: d\n    by: a\n    options: [p, q]\n"
    return Built(_case(_idle(draw) + story, stakes), "P(d = p) > 50%", restates=False, hangs_on=2)


def none_of_many(draw: Random) -> Built:
    """Many paths of unknown sign, none of which matters more than the others."""
    count = draw.randint(8, 10)
    middles = [f"m{i}" for i in range(count)]
    story = _chance("x")
    for name in middles:
        story += _chance(name, ["x"], _base(50), _effect('x = yes: {"yes": x0.3 to x3.3}'))
    effects = [f'{name} = yes: {{"yes": x2}}' for name in middles]
    story += _chance("y", middles, _base(5), _effect(*effects))
    return Built(_case(story), _sign("y", "x"), restates=False, hangs_on=0)


def none_of_many_stakes(draw: Random) -> Built:
    """A choice that many stakes pull at, each as hard as the others."""
    count = draw.randint(8, 10)
    stakes = "stakes:\n  a:\n"
    for i in range(count):
        stakes += f"    s{i}: {{worth: [{{otherwise: 0}}], effects: [{{d = p: -8 to +8 points}}], because: invented}}\n"
    story = "  - decision: d\n    by: a\n    options: [p, q]\n"
    return Built(_case(story, stakes), "P(d = p) > 50%", restates=False, hangs_on=0)


KINDS: tuple[Callable[[Random], Built], ...] = (
    one_factor,
    one_of_points,
    one_table,
    one_level,
    one_stake,
    two_links,
    two_unknown_links,
    two_odds,
    two_stakes,
    none_of_many,
    none_of_many_stakes,
)


def built(number: int) -> Built:
    """Return one of many random cases, by its number."""
    return KINDS[number % len(KINDS)](Random(number))
