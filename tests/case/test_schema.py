"""The JSON Schema that ships is the one the models make, and says what every field means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from quandary.case import AnnotatedModel, CaseModel, json_schema
from quandary.case.schema import schema


def test_the_shipped_schema_is_up_to_date() -> None:
    shipped = files("quandary.case.schema").joinpath("case.schema.json").read_text(encoding="utf-8")
    made = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert shipped == made, "write it anew: python -m quandary.case.schema.schema"


def test_the_schema_names_its_dialect_and_refuses_unknown_keys() -> None:
    made = json_schema()
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["additionalProperties"] is False
    assert set(made["required"]) == {"quandary", "title", "as_of"}
    assert made["properties"]["quandary"]["enum"] == [1, 2]


def models() -> Iterator[type[BaseModel]]:
    waiting: list[type[BaseModel]] = [AnnotatedModel, schema.PartModel]
    while waiting:
        model = waiting.pop()
        yield model
        waiting.extend(model.__subclasses__())


@pytest.mark.parametrize("model", list(models()), ids=lambda model: model.__name__)
def test_every_field_says_what_it_means(model: type[BaseModel]) -> None:
    assert model.__doc__
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name}"
        assert len(field.description) >= 10


def test_references_in_the_schema_lead_somewhere() -> None:
    made = json_schema()

    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    found = set(references(made))
    assert found
    assert {name.removeprefix("#/$defs/") for name in found} <= set(made["$defs"])


def test_the_models_take_the_key_as() -> None:
    value = {"on": "2030-01-01", "as": "void"}
    assert schema.ResolutionModel.model_validate(value).outcome == "void"
    with pytest.raises(ValidationError):
        CaseModel.model_validate({"quandary": 1})
