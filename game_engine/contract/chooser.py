"""Random values of a game's own types: options, selections, and actions within the bounds that a view offers."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product
from random import Random
from typing import Any

import msgspec
from msgspec import inspect as mi

HUNDREDTHS = 100
LOW_END = 500
"""Half of all numbers are at most this far above their minimum, where most rules take effect."""
FEW = 200
"""If the fields of an action have at most this many combinations, all are listed."""

Bounds = Mapping[str, Mapping[str, Any]]
"""Bounds of the fields of an action, as a view offers them: ``minimum``, ``maximum`` or ``enum``, by name."""


def value_of(kind: mi.Type, dice: Random) -> Any:
    """Return a random value of a type with its bounds; a float has two decimals, as players send it."""
    choose = _CHOICES.get(type(kind))
    if choose is None:
        raise TypeError(f"The contract test can't choose a value of {kind}; use a type that JSON Schema has.")
    return choose(kind, dice)


def values_of(kind: Any, dice: Random, tries: int) -> Iterator[Any]:
    """Return up to ``tries`` random values of a struct type, each as it would arrive from a player."""
    info = mi.type_info(kind)
    for _ in range(tries):
        try:
            yield msgspec.convert(msgspec.to_builtins(value_of(info, dice)), kind)
        except msgspec.ValidationError:
            continue


def structs_of(kind: Any) -> dict[str, mi.StructType]:
    """Return the structs of a tagged struct or a union of them, by their tags."""
    info = mi.type_info(kind)
    variants = info.types if isinstance(info, mi.UnionType) else (info,)
    return {str(each.tag): each for each in variants if isinstance(each, mi.StructType)}


def variants_of(struct: mi.StructType, bounds: Bounds, dice: Random, tries: int) -> Iterator[Any]:
    """Return different values of an action's struct in random order: all, if there are few, or up to ``tries``.

    A field with bounds stays within them, and comes at both ends first. An optional field without bounds is left out.
    """
    names = [field for field in struct.fields if field.required or field.encode_name in bounds]
    domains = [_few_values(field.type, bounds.get(field.encode_name, {})) for field in names]
    known = [domain for domain in domains if domain is not None]
    size = 1
    for domain in known:
        size *= len(domain)
    if len(known) == len(domains) and size <= FEW:
        every = list(product(*known))
        dice.shuffle(every)
        for chosen in every:
            yield struct.cls(**dict(zip((field.name for field in names), chosen, strict=True)))
        return
    for end in ("minimum", "maximum", *[None] * tries):
        yield struct.cls(
            **{field.name: _bounded(field.type, bounds.get(field.encode_name, {}), end, dice) for field in names}
        )


def _few_values(kind: mi.Type, bounds: Mapping[str, Any]) -> list[Any] | None:
    """Return all values of a type, or None if it has many or isn't simple."""
    if "enum" in bounds:
        return list(bounds["enum"])
    if isinstance(kind, mi.IntType):
        least, most = _range(kind, bounds)
        return list(range(least, most + 1)) if most - least < FEW else None
    if isinstance(kind, mi.LiteralType):
        return list(kind.values)
    return [False, True] if isinstance(kind, mi.BoolType) else None


def _bounded(kind: mi.Type, bounds: Mapping[str, Any], end: str | None, dice: Random) -> Any:
    if "enum" in bounds:
        return dice.choice(list(bounds["enum"]))
    if isinstance(kind, mi.UnionType) and bounds:
        kind = next((each for each in kind.types if isinstance(each, mi.IntType)), kind)
    if not isinstance(kind, mi.IntType):
        return value_of(kind, dice)
    least, most = _range(kind, bounds)
    return {"minimum": least, "maximum": most}.get(end or "", _number(least, most, dice))


def _range(kind: mi.IntType, bounds: Mapping[str, Any]) -> tuple[int, int]:
    least = bounds.get("minimum", _lowest(kind))
    return int(least), int(bounds.get("maximum", max(least, _highest(kind, least + 8))))


def _lowest(kind: mi.IntType | mi.FloatType) -> int:
    if kind.ge is not None:
        return int(kind.ge)
    return 0 if kind.gt is None else int(kind.gt) + 1


def _highest(kind: mi.IntType | mi.FloatType, default: int) -> int:
    if kind.le is not None:
        return int(kind.le)
    return default if kind.lt is None else int(kind.lt) - 1


def _number(least: int, most: int, dice: Random) -> int:
    return dice.randint(least, min(most, least + LOW_END) if dice.random() < 0.5 else most)


def _integer(kind: Any, dice: Random) -> int:
    return _number(*_range(kind, {}), dice)


def _float(kind: Any, dice: Random) -> float:
    least = round((kind.ge if kind.ge is not None else kind.gt or 0) * HUNDREDTHS)
    most = round((kind.le if kind.le is not None else kind.lt or 100) * HUNDREDTHS)
    return _number(least, most, dice) / HUNDREDTHS


def _struct(kind: Any, dice: Random) -> Any:
    fields = {field.name: value_of(field.type, dice) for field in kind.fields if field.required or dice.random() < 0.7}
    return kind.cls(**fields)


def _list(kind: Any, dice: Random) -> list[Any]:
    least = kind.min_length or 0
    most = kind.max_length if kind.max_length is not None else least + 5
    return [value_of(kind.item_type, dice) for _ in range(dice.randint(least, min(most, least + 12)))]


def _dict(kind: Any, dice: Random) -> dict[Any, Any]:
    return {value_of(kind.key_type, dice): value_of(kind.value_type, dice) for _ in range(dice.randint(0, 3))}


def _text(kind: Any, dice: Random) -> str:
    least = kind.min_length or 0
    most = kind.max_length if kind.max_length is not None else least + 8
    return "".join(dice.choices("abcxyz", k=dice.randint(least, most)))


_CHOICES: dict[type[mi.Type], Callable[[Any, Random], Any]] = {
    mi.StructType: _struct,
    mi.UnionType: lambda kind, dice: value_of(dice.choice(kind.types), dice),
    mi.FloatType: _float,
    mi.IntType: _integer,
    mi.StrType: _text,
    mi.ListType: _list,
    mi.VarTupleType: lambda kind, dice: tuple(_list(kind, dice)),
    mi.TupleType: lambda kind, dice: tuple(value_of(each, dice) for each in kind.item_types),
    mi.SetType: lambda kind, dice: set(_list(kind, dice)),
    mi.FrozenSetType: lambda kind, dice: frozenset(_list(kind, dice)),
    mi.DictType: _dict,
    mi.LiteralType: lambda kind, dice: dice.choice(kind.values),
    mi.EnumType: lambda kind, dice: dice.choice(list(kind.cls)),
    mi.BoolType: lambda kind, dice: dice.random() < 0.5,
    mi.NoneType: lambda kind, dice: None,
}


def ends_of(struct: mi.StructType, bounds: Bounds) -> Iterator[Any]:
    """Return the two values at the ends of the bounds of an action whose only field to choose has bounds."""
    fields = [field for field in struct.fields if field.required or field.encode_name in bounds]
    if len(fields) == 1 and {"minimum", "maximum"} <= {*bounds.get(fields[0].encode_name, {})}:
        for end in ("minimum", "maximum"):
            yield struct.cls(**{fields[0].name: bounds[fields[0].encode_name][end]})


def below_and_above(struct: mi.StructType, bounds: Bounds, dice: Random) -> Iterator[Any]:
    """Return values of an action's struct with one field just outside the bounds on offer, if its type allows that."""
    inside = next(islice(variants_of(struct, bounds, dice, 1), 1), None)
    for field in struct.fields:
        offered = bounds.get(field.encode_name, {})
        for end, step in (("minimum", -1), ("maximum", 1)):
            if end in offered and inside is not None:
                outside = msgspec.structs.replace(inside, **{field.name: offered[end] + step})
                try:
                    yield msgspec.convert(msgspec.to_builtins(outside), struct.cls)
                except msgspec.ValidationError:
                    continue
