"""How names of game files end: what is read, and what is refused with the way round. It loads nothing heavy."""

from __future__ import annotations

from pathlib import Path

from quandary.base.problems import Problem, Refusal

ENDINGS = (".efg", ".nfg", ".json", ".bif", ".bifxml", ".xmlbif", ".xdsl", ".net")
"""Of files that are read; ``files.FORMATS`` says how."""

UNREAD: dict[str, tuple[str, str]] = {
    ".agg": ("action-graph games of Gambit", "read it with pygambit (read_agg) and write it as .nfg (to_nfg)"),
    ".bagg": ("Bayesian action-graph games of Gambit", "write it as .nfg or .efg with Gambit's tools"),
    ".gbt": ("workbooks of Gambit", "open it in Gambit and save the game as .efg or .nfg"),
    ".dsl": ("the older files of GeNIe", "open it in GeNIe and save it as .xdsl"),
    ".oobn": ("object-oriented networks of Hugin", "save the unfolded network in Hugin as .net"),
    ".hkb": ("knowledge bases of Hugin", "save the network in Hugin as .net"),
    ".dne": ("networks of Netica", "open it in GeNIe and save it as .xdsl"),
    ".neta": ("networks of Netica", "save it in Netica as .dne, open that in GeNIe and save it as .xdsl"),
    ".uai": ("networks of the UAI competitions", "read it with pyAgrum and save it as .bifxml"),
    ".o3prm": ("models of pyAgrum", "save the network with pyAgrum as .bifxml"),
    ".xml": ("XML files of any kind", "call it .bifxml if it holds <BIF>, .xdsl if it holds <smile>"),
}
"""Files of games and networks that are not read: what they are, and what to do instead."""


def is_game_file(path: Path) -> bool:
    """Return whether a name ends as those of games and networks do, read or not."""
    return path.suffix.lower() in ENDINGS or path.suffix.lower() in UNREAD


def no_game(path: Path, named: str) -> Path:
    """Return the path of a case; refuses (Q804) what ends as a game does. A case may be written as JSON, too."""
    if is_game_file(path) and path.suffix.lower() != ".json":
        message = f'"{named}" ends as files of games and networks do, which are no cases'
        hint = f'quandary solve "{named}" solves a game, quandary ask "{named}" QUERY asks a network or diagram'
        raise Refusal(Problem("Q804", message, hint=hint))
    return path
