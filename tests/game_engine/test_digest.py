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


def test_the_digest_leaves_out_what_is_published_later() -> None:
    later = {"at": "2026-11-25T12:00:00Z", "members": ["server_seed", "outcome.deck"]}
    before = {"a": 1, "server_seed": None, "outcome": {"rake": 0}, "published_later": later}
    after = before | {"server_seed": "ab", "outcome": {"rake": 0, "deck": ["CA"]}}
    assert digest_of(after) == digest_of(before)
    assert digest_of(after | {"a": 2}) != digest_of(after)
    assert digest_of(after | {"outcome": {"rake": 1, "deck": ["CA"]}}) != digest_of(after)
    assert digest_of(after | {"published_later": later | {"at": "2026-11-26T12:00:00Z"}}) != digest_of(after)
    assert digest_of(after | {"published_later": None}) != digest_of(after)


@given(DOCUMENTS)
def test_the_digest_ignores_order_and_serialization(document: dict[str, Any]) -> None:
    sent = json.loads(json.dumps(dict(reversed(document.items()))))
    assert digest_of(sent) == digest_of(document)


@given(DOCUMENTS, DOCUMENTS)
def test_different_documents_have_different_digests(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (digest_of(one) == digest_of(other)) == (canonical(one) == canonical(other))
