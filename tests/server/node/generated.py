"""Hypothesis strategies for the types that travel between nodes, made from their annotations."""

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Raw, inspect

from server.backends.holds import CachedAccount
from storage.store import PlayerRow

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an annotated type, within the limits that its ``msgspec.Meta`` sets."""
    if kind is CachedAccount:
        rows = values_of(PlayerRow).map(lambda row: msgspec.structs.replace(row, limits_at=abs(row.limits_at)))
        return rows.map(CachedAccount)
    return _values(inspect.type_info(kind))


def _values(node: inspect.Type) -> st.SearchStrategy[Any]:
    match node:
        case inspect.Metadata():
            return _values(node.type)
        case inspect.StructType():
            fields = {field.name: _values(field.type) for field in node.fields}
            return st.builds(node.cls, **fields)
        case inspect.UnionType():
            return st.one_of([_values(each) for each in node.types])
        case inspect.ListType():
            return st.lists(_values(node.item_type), max_size=3)
        case inspect.VarTupleType():
            return st.lists(_values(node.item_type), max_size=3).map(tuple)
        case inspect.DictType():
            return st.dictionaries(_values(node.key_type), _values(node.value_type), max_size=3)
    return _scalars(node)


def _scalars(node: inspect.Type) -> st.SearchStrategy[Any]:
    match node:
        case inspect.NoneType():
            return st.none()
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.integers(-(2**53) if node.ge is None else node.ge, 2**53 if node.le is None else node.le)
        case inspect.StrType() if node.pattern is not None:
            most = node.max_length
            return st.from_regex(node.pattern).map(lambda text: text[:most])
        case inspect.StrType():
            return st.text(min_size=node.min_length or 0, max_size=node.max_length or 20)
        case inspect.BytesType():
            return st.binary(max_size=20)
        case inspect.DateTimeType():
            return st.datetimes()
        case inspect.RawType():
            return JSON.map(msgspec.json.encode).map(Raw)
        case inspect.AnyType():
            return JSON
    raise AssertionError(f"no values of {node}: add them here")
