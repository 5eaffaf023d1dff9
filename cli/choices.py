"""Makes random choices that fit the JSON Schemas which a game publishes."""

import random
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

LOW_NUMBER_CHANCE = 0.7
"""How often a number is chosen close to its minimum, where more of a game's rules apply."""


def choice(schema: Schema, dice: random.Random, bounds: Schema | None = None) -> Any:
    """A value that fits the schema; ``bounds`` has tighter limits for some of its fields, by name."""
    return _value(schema, schema, dice, bounds or {})


def action(schema: Schema, name: str, dice: random.Random, bounds: Schema) -> dict[str, Any]:
    """The fields of the action ``name``, without its tag and without ``bet``, so that it applies to all bets."""
    top = _resolved(schema, schema)
    variants = [_resolved(each, schema) for each in top.get("anyOf", top.get("oneOf", [top]))]
    variant = next(each for each in variants if name in each["properties"]["action"]["enum"])
    fields = dict(_value(variant, schema, dice, bounds))
    return {field: value for field, value in fields.items() if field not in ("action", "bet")}


def _resolved(schema: Schema, root: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return found


def _value(given: Schema, root: Schema, dice: random.Random, bounds: Schema) -> Any:
    schema = _resolved(given, root)
    if "anyOf" in schema:
        return _value(dice.choice(schema["anyOf"]), root, dice, bounds)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return _object(schema, root, dice, bounds)
        case "array":
            most = schema.get("maxItems", 6)
            least = schema.get("minItems", 0)
            return [_value(schema["items"], root, dice, {}) for _ in range(dice.randint(least, most))]
        case "integer":
            return _integer({**schema, **bounds}, dice)
        case "number":
            return _integer(schema, dice, 100) / 100
        case "boolean":
            return dice.random() < 0.5
        case "null":
            return None
    return "a"


def _object(schema: Schema, root: Schema, dice: random.Random, bounds: Schema) -> dict[str, Any]:
    needed = schema.get("required", ())
    return {
        name: _value(field, root, dice, bounds.get(name, {}))
        for name, field in schema.get("properties", {}).items()
        if name in needed or dice.random() < 0.5
    }


def _integer(schema: Schema, dice: random.Random, unit: int = 1) -> int:
    least = round(schema.get("minimum", 0) * unit)
    most = round(schema.get("maximum", least / unit + 100) * unit)
    if dice.random() < LOW_NUMBER_CHANCE:
        most = min(most, least + 10 * unit)
    return dice.randint(least, most)
