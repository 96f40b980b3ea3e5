"""The pieces that case files are written with: mappings, lists and texts in the style of the case language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_WORDS_OF_YAML = r"|^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$"
UNSAFE_PLAIN = re.compile(r"[:#\[\]{},&*!|>'\"@`?\n\t\\]|^[-%\s]|\s$|^$" + _WORDS_OF_YAML)
"""Text that would be something else without quotation marks."""
_UNSAFE_IN_BLOCK = re.compile(r":\s|:$|\s#|[\n\t]|^[-%\s?:,\[\]{}#&*!|>'\"@`]|\s$|^$" + _WORDS_OF_YAML)
_WIDTH = 4096


def round_trip() -> YAML:
    """Return the writer of case files."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.representer.ignore_aliases = lambda *_: True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def mapping(entries: Mapping[str, Any], *, flow: bool = False) -> CommentedMap:
    """Return a mapping without the entries that are ``None`` or an empty list."""
    made = CommentedMap({key: value for key, value in entries.items() if not _is_nothing(value)})
    if flow:
        made.fa.set_flow_style()
    return made


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, list) and not value)


def listing(items: Iterable[Any], *, flow: bool = False) -> CommentedSeq:
    """Return a list, on one line with ``flow``."""
    made = CommentedSeq(items)
    if flow:
        made.fa.set_flow_style()
    return made


def number_or_text(text: str) -> int | str:
    """Return a whole number as such, other text in quotes where YAML needs them."""
    return int(text) if _WHOLE.fullmatch(text) else text_value(text)


def text_value(text: str) -> str:
    """Return text, in quotes where it could be taken for something else."""
    return DoubleQuotedScalarString(text) if UNSAFE_PLAIN.search(text) else text


def quoted_text(text: str) -> str:
    """Return text as a scalar in double quotes on one line, as it is written."""
    return json.dumps(text, ensure_ascii=False)


def block_text(text: str) -> str:
    """Return text as it is written after the key of a block: plain where YAML reads that as it stands."""
    return quoted_text(text) if _UNSAFE_IN_BLOCK.search(text) else text


def optional_text(text: str | None) -> str | None:
    """Return ``text_value``, or ``None`` for none."""
    return None if text is None else text_value(text)


def dumped(yaml: YAML, root: CommentedMap) -> str:
    """Return the text of a tree."""
    stream = StringIO()
    yaml.dump(root, stream)
    return stream.getvalue()
