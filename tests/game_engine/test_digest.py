"""A digest depends on everything in a document and on nothing else."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from game_engine.digest import canonical, digest_of

SIMPLE = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=5)
DOCUMENTS = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.recursive(SIMPLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3)),
    max_size=4,
)


def test_keys_are_sorted_and_whole_floats_are_integers() -> None:
    assert canonical({"b": [1.0, 2.5, True, None], "a": "é"}) == '{"a":"é","b":[1,2.5,true,null]}'


def test_the_digest_is_the_hash_of_the_canonical_json() -> None:
    assert digest_of({"a": 1, "digest": "?"}) == hashlib.sha256(b'{"a":1}').hexdigest()


@given(DOCUMENTS)
def test_the_digest_ignores_order_and_serialization(document: dict[str, Any]) -> None:
    sent = json.loads(json.dumps(dict(reversed(document.items()))))
    assert digest_of(sent) == digest_of(document)


@given(DOCUMENTS, DOCUMENTS)
def test_different_documents_have_different_digests(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (digest_of(one) == digest_of(other)) == (canonical(one) == canonical(other))
