"""The JSON Schemas of msgspec types, which every generated description is written from."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Protocol

import msgspec
from msgspec import Struct, inspect

Schema = dict[str, Any]


class Field(Struct, frozen=True):
    """A field of an object's schema."""

    name: str
    schema: Schema
    required: bool


def plain_name(kind: Any) -> str:
    """The name of a class; of ``Page[Bet]``, ``BetPage``."""
    arguments = "".join(argument.__name__ for argument in getattr(kind, "__args__", ()))
    return arguments + str(kind.__name__)


class Schemas:
    """The schemas of several types. Structs become ``components``, to which ``prefix`` + name refers.

    ``name_of`` names the classes. Raises ValueError if two of them get the same name.
    """

    def __init__(
        self,
        types: Iterable[Any],
        prefix: str = "#/components/schemas/",
        name_of: Callable[[Any], str] = plain_name,
    ) -> None:
        distinct = {repr(type_): type_ for type_ in types}
        classes = _classes(inspect.multi_type_info(distinct.values()))
        schemas, components = msgspec.json.schema_components(
            [*distinct.values(), *classes], ref_template=prefix + "{name}"
        )
        names = {name_in(ref): name_of(kind) for ref, kind in zip(schemas[len(distinct) :], classes, strict=True)}
        if len(set(names.values())) < len(names):
            raise ValueError(f"two types have the same name among {sorted(names.values())}")
        references = {prefix + old: prefix + new for old, new in names.items()}
        tidy = _renamed(_tidy(schemas[: len(distinct)]), references)
        self._by_type: dict[str, Schema] = dict(zip(distinct, tidy, strict=True))
        self.components: dict[str, Schema] = {
            names[old]: _renamed(_tidy(component), references) | {"title": names[old]}
            for old, component in components.items()
        }

    def of(self, type_: Any) -> Schema:
        """The schema of one of the types; of a struct, a reference to its component."""
        return self._by_type[repr(type_)]

    def struct(self, type_: Any) -> Schema:
        """The component of one of the types, a struct."""
        return self.components[name_in(self.of(type_))]

    def reachable(self, types: Iterable[Any], stop_at: Collection[str] = ()) -> list[str]:
        """The names of the components that the types consist of, in order of discovery.

        Components named in ``stop_at`` are found, but not searched.
        """
        found: dict[str, None] = {}

        def visit(value: Any) -> None:
            if isinstance(value, list):
                for item in value:
                    visit(item)
            elif isinstance(value, dict) and "$ref" in value:
                name = name_in(value)
                if name not in found:
                    found[name] = None
                    visit({} if name in stop_at else self.components[name])
            elif isinstance(value, dict):
                visit(list(value.values()))

        visit([self.of(type_) for type_ in types])
        return list(found)


class Notation(Protocol):
    """A way to write types down, such as Markdown or TypeScript. Each method writes one kind of schema."""

    def reference(self, name: str) -> str: ...

    def union(self, members: list[str]) -> str: ...

    def literal(self, value: Any) -> str: ...

    def array(self, item: str) -> str: ...

    def mapping(self, key: str, value: str) -> str: ...

    def scalar(self, schema: Schema) -> str:
        """A string, a number, a boolean, null, or any value if ``schema`` has no type."""
        ...


def spell(schema: Schema, notation: Notation) -> str:
    """A schema in a notation."""
    if "$ref" in schema:
        return notation.reference(name_in(schema))
    for union in ("anyOf", "oneOf"):
        if union in schema:
            members = [spell(member, notation) for member in schema[union]]
            return notation.union(list(dict.fromkeys(members)))
    if "const" in schema:
        return notation.literal(schema["const"])
    if "enum" in schema:
        return notation.union([notation.literal(value) for value in schema["enum"]])
    if schema.get("type") == "array":
        return notation.array(spell(schema.get("items", {}), notation))
    if schema.get("type") == "object":
        key = schema.get("propertyNames", {}) | {"type": "string"}
        return notation.mapping(spell(key, notation), spell(schema.get("additionalProperties", {}), notation))
    return notation.scalar(schema)


def fields_of(schema: Schema) -> Iterator[Field]:
    """The fields of an object's schema, in order."""
    for name, field in schema.get("properties", {}).items():
        yield Field(name, field, name in schema.get("required", ()))


def bounds_of(schema: Schema) -> tuple[Any, Any]:
    """The least and the greatest value or length; None if there is no such bound."""
    least = next((schema[name] for name in ("minimum", "exclusiveMinimum", "minLength") if name in schema), None)
    greatest = next((schema[name] for name in ("maximum", "exclusiveMaximum", "maxLength") if name in schema), None)
    return least, greatest


def name_in(reference: Schema) -> str:
    """The name of the component that a reference leads to."""
    return str(reference["$ref"]).rpartition("/")[2]


def _classes(value: Any) -> list[Any]:
    """The structs and enums of which types consist, each once."""
    found: dict[Any, None] = {}

    def visit(value: Any) -> None:
        if isinstance(value, inspect.StructType | inspect.EnumType):
            if value.cls in found:
                return
            found[value.cls] = None
        if isinstance(value, list | tuple):
            for item in value:
                visit(item)
        elif isinstance(value, inspect.Type | inspect.Field):
            for name in value.__struct_fields__:
                visit(getattr(value, name))

    visit(value)
    return list(found)


def _renamed(value: Any, references: dict[str, str]) -> Any:
    """``value`` with other references, and with the components that are unions discriminated by a tag."""
    if isinstance(value, dict):
        return {key: _renamed(item, references) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, references) for item in value]
    return references.get(value, value) if isinstance(value, str) else value


def _any_of(schemas: list[Schema]) -> Schema:
    distinct = [schema for at, schema in enumerate(schemas) if schema not in schemas[:at]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _tidy(value: Any, key: str = "") -> Any:
    """Write descriptions in one line of Markdown, and schemas as JSON Schema defines them and generators accept them.

    In patterns there, unlike in Python, ``$`` never matches before a line break.
    """
    if isinstance(value, dict):
        tidy = {key: _tidy(item, key) for key, item in value.items()}
        if "prefixItems" in tidy:  # several generators of code fail on it
            tidy["items"] = _any_of(tidy.pop("prefixItems"))
        if isinstance(tidy.get("enum"), list) and len(tidy["enum"]) == 1:  # generators make a class of an enum
            tidy["const"] = tidy.pop("enum")[0]
        if tidy.get("default", ...) is None:  # generators give it to the members of the union that can't be null, too
            del tidy["default"]
        return tidy
    if isinstance(value, list | tuple):
        return [_tidy(item) for item in value]
    if isinstance(value, str) and key == "description":
        return " ".join(value.split()).replace("``", "`")
    return value.replace(r"$(?!\n)", "$") if isinstance(value, str) else value
