"""What others say of an event, and what a pool gives to whom."""

from __future__ import annotations

from quandary.case.conversion.fields import Conversion, day, items, place_of, text, truth
from quandary.case.model import OutsideView, PoolWeights
from quandary.case.yaml.located import Mapping, Scalar


def views(reading: Conversion, tree: Mapping) -> tuple[OutsideView, ...]:
    """Return the outside views that can be read; what each has too much or too little is kept for the checks."""
    made = []
    for number, item in enumerate(items(tree, "outside")):
        path = f"outside.{number}"
        for key in ("class", "rate", "n", "by", "said", "on", "how"):
            if _stands(item, key):
                reading.places[f"{path}.{key}"] = place_of(item, key)
        reading.places[path] = item.entries[0].key.place if item.entries else item.place
        view = _view(reading, item, path)
        if view is not None:
            made.append(view)
    return tuple(made)


def _view(reading: Conversion, item: Mapping, path: str) -> OutsideView | None:
    of = item.get("of")
    is_class = _stands(item, "class") or (not _stands(item, "by") and _stands(item, "rate"))
    name = text(item, "class" if is_class else "by")
    value = reading.quantity(item.get("rate" if is_class else "said"), path, reading.notes(item, path))
    if not isinstance(of, Scalar) or of.is_null:
        return None
    condition = reading.condition(of)
    if condition is None or name is None or value is None:
        return None
    count = item.get("n")
    whole = count.value if isinstance(count, Scalar) else None
    return OutsideView(
        id=text(item, "id") or name,
        kind="class" if is_class else "crowd",
        of=condition,
        name=name,
        value=value,
        n=whole if isinstance(whole, int) and not isinstance(whole, bool) else None,
        on=day(item, "on"),
        how=text(item, "how"),
        same_as=text(item, "same_as"),
        pooled=truth(item, "pooled", default=True),
        place=reading.places[path],
    )


def _stands(item: Mapping, key: str) -> bool:
    """Return whether something stands after a key; a key with nothing after it counts as left out."""
    value = item.get(key)
    return value is not None and not (isinstance(value, Scalar) and value.is_null)


def pool(tree: Mapping) -> PoolWeights:
    """Return what each group weighs in a pool: alike where nothing is written."""
    body = tree.get("pool")
    if not isinstance(body, Mapping):
        return PoolWeights()

    def weight(key: str) -> float:
        value = body.get(key)
        number = value.value if isinstance(value, Scalar) else None
        return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else 1.0

    return PoolWeights(weight("inside"), weight("class"), weight("crowd"), text(body, "because"), body.place)
