"""Edits of an existing case file that keep its comments, the order of its keys and its quotation marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from quandary.case.yaml.yaml_reading import GAP, GAP_MARK
from quandary.case.yaml.yaml_writing import dumped, listing, mapping, number_or_text, round_trip


def edited(text: str, path: Sequence[str | int], value: Any) -> str:  # noqa: ANN401 - any YAML value
    """Return the text of a case file with the value at ``path`` replaced, or added where the last key is new.

    Comments, key order and quotation marks stay. ``path`` holds keys and positions in lists: ``("story", 2,
    "odds", "war")``. Raises ``KeyError`` where an earlier part of the path does not exist.
    """
    if not path:
        raise KeyError("an edit needs a path")
    yaml = round_trip(text)
    root = yaml.load(text.replace(GAP, GAP_MARK))
    parent = _at(root, path[:-1])
    last = path[-1]
    if isinstance(parent, CommentedSeq) and isinstance(last, int) and last == len(parent):
        parent.append(_plain_data(value))
    elif (isinstance(parent, CommentedMap) and isinstance(last, str)) or (
        isinstance(parent, CommentedSeq) and isinstance(last, int) and last < len(parent)
    ):
        parent[last] = _plain_data(value)
    else:
        raise KeyError(last)
    return dumped(yaml, root).replace(GAP_MARK, GAP)


def without(text: str, path: Sequence[str | int]) -> str:
    """Return the text of a case file without the entry at ``path``; raises ``KeyError`` where there is none."""
    if not path:
        raise KeyError("an edit needs a path")
    yaml = round_trip(text)
    root = yaml.load(text.replace(GAP, GAP_MARK))
    parent = _at(root, path[:-1])
    try:
        del parent[path[-1]]
    except (IndexError, TypeError) as error:
        raise KeyError(path[-1]) from error
    return dumped(yaml, root).replace(GAP_MARK, GAP)


def _at(root: Any, path: Sequence[str | int]) -> Any:  # noqa: ANN401 - ruamel's containers
    for part in path:
        try:
            root = root[part]
        except (IndexError, TypeError) as error:
            raise KeyError(part) from error
    return root


def _plain_data(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    if isinstance(value, str):
        return number_or_text(value)
    if isinstance(value, Mapping):
        return mapping({key: _plain_data(item) for key, item in value.items()}, flow=True)
    if isinstance(value, list | tuple):
        return listing([_plain_data(item) for item in value], flow=True)
    return value
