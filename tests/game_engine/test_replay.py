"""A journal replays its round, and a proof that was changed anywhere fails."""

import copy
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game_engine.chance import commitment
from game_engine.digest import digest_of
from game_engine.game import Act, Bet, BettingOpened, Leave, Seat, Seeds, Wake
from game_engine.games import GAMES
from game_engine.games.crash import Cashout, Selection
from game_engine.replay import Entry, journal_from_json, journal_to_json, replay, verify
from tests.game_engine import vectors
from tests.game_engine.rounds import crash, dice, holdem
from tests.game_engine.rounds.played import OPENED_AT

CRASH = crash.one("crash 13", crash.busy_plan())
DICE = dice.one("dice 1", 20.5, True)


def failed(proof: dict[str, Any]) -> list[str]:
    return [check.name for check in verify(proof) if not check.ok]


def changed(proof: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    other = copy.deepcopy(proof)
    change(other)
    return other | {"digest": digest_of(other)}


# ---- journals ----


def test_a_journal_survives_json_with_its_types() -> None:
    entries: list[Entry] = [
        (5, Bet(seat=Seat(0), number=1, amount=100, client_seed="seed", selection=Selection(2.0))),
        (6, Bet(seat=Seat(1), number=2, amount=100, client_seed="seed", selection=None)),
        (7, Act(Seat(0), Cashout(1))),
        (8, Act(Seat(0), Cashout())),
        (9, Leave(Seat(0))),
        (9, Wake()),
    ]
    text = journal_to_json(entries)
    assert msgspec.json.decode(text)[2:] == [
        [7, {"do": "act", "seat": 0, "action": {"action": "cashout", "bet": 1}}],
        [8, {"do": "act", "seat": 0, "action": {"action": "cashout"}}],
        [9, {"do": "leave", "seat": 0}],
        [9, {"do": "wake"}],
    ]
    assert journal_from_json(GAMES["crash"], text) == entries


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[[1]]",
        b'[[1, {"do": "dance"}]]',
        b'[[1, {"do": "act", "seat": 0, "action": {"action": "reveal"}}]]',
        b'[[1, {"do":"bet","seat":0,"number":1,"amount":1,"client_seed":"a","selection":{"target":1}}]]',
    ],
)
def test_invalid_journals_are_reported(text: bytes) -> None:
    with pytest.raises(ValueError, match="Not a journal of crash"):
        journal_from_json(GAMES["crash"], text)


def test_an_action_in_a_game_without_actions_is_reported() -> None:
    with pytest.raises(ValueError, match="Not a journal of dice"):
        journal_from_json(GAMES["dice"], b'[[1, {"do": "act", "seat": 0, "action": {"action": "cashout"}}]]')


def test_a_replay_begins_with_the_opening() -> None:
    played = list(replay(GAMES["crash"], b"{}", Seeds(CRASH["server_seed"], 812), OPENED_AT, _journal(CRASH)))
    now, command, step = played[0]
    assert (now, command) == (OPENED_AT, None)
    assert step.events[0].data == BettingOpened(OPENED_AT + 6_000)
    assert played[-1][2].outcome
    assert [now for now, _, _ in played[1:]] == [now for now, _ in CRASH["journal"]]


def _journal(proof: dict[str, Any]) -> bytes:
    return msgspec.json.encode(proof["journal"])


def test_invalid_options_are_reported() -> None:
    with pytest.raises(ValueError, match="Not options of crash"):
        list(replay(GAMES["crash"], b'{"betting_ms": 1}', Seeds("a", 1), 0, b"[]"))


# ---- proofs ----


@pytest.mark.parametrize("proof", [CRASH, DICE], ids=["crash", "dice"])
def test_a_good_proof_passes_every_check(proof: dict[str, Any]) -> None:
    checks = verify(proof)
    names = ["commitment", "nonce", "journal", "client_seed", "outcome", "bets", "ledger", "digest"]
    assert [(check.name, check.ok) for check in checks] == [(name, True) for name in names]
    assert all(check.detail.endswith(".") for check in checks)


def test_a_proof_can_be_parsed_json() -> None:
    assert failed(msgspec.json.decode(msgspec.json.encode(CRASH))) == []


def set_in(*path: Any) -> Callable[[Any], None]:
    """Return a change that sets the value at ``path[:-1]`` to the last item of ``path``."""

    def change(proof: Any) -> None:
        for key in path[:-2]:
            proof = proof[key]
        proof[path[-2]] = path[-1]

    return change


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        # With another seed the round crashes elsewhere, so the journal ends too early or too late.
        (set_in("server_seed", commitment("another")), {"commitment", "journal"}),
        (set_in("server_seed", None), {"commitment"}),
        (set_in("server_seed_hash", commitment("another")), {"commitment"}),
        (set_in("nonce", 813), {"nonce", "journal"}),
        (set_in("round", "crash.813"), {"nonce", "bets"}),
        (set_in("client_seed", "seed-of_0,seed-of_2,seed-of_1"), {"client_seed"}),
        (set_in("outcome", {"point": 2.66}), {"outcome"}),
        (set_in("outcome", None), {"outcome"}),
        (set_in("journal", 0, 1, "client_seed", "another"), {"journal"}),
        (set_in("journal", 0, 1, "seat", 1), {"journal"}),
        (set_in("journal", 0, 1, "amount", 999), {"bets"}),
        (set_in("journal", 0, 1, "selection", {"auto_cashout": 1.51}), {"bets"}),
        (set_in("journal", 0, 1, "number", 2), {"journal"}),
        (set_in("journal", 0, 0, OPENED_AT - 1), {"journal"}),
        (set_in("journal", 0, 0, OPENED_AT + 10**6), {"journal"}),
        (set_in("journal", None), {"journal"}),
        (set_in("options", {"max_payout": 100_000, "tick_ms": 1000}), {"bets"}),
        (set_in("options", {"tick": 1}), {"journal"}),
        (set_in("opened_at_ms", OPENED_AT - 6_000), {"journal"}),
        (set_in("bets", 0, "amount", 999), {"bets", "ledger"}),
        (set_in("bets", 1, "payout", 999), {"bets", "ledger"}),
        (set_in("bets", 1, "result", "win"), {"bets"}),
        (set_in("bets", 0, "selection", {"auto_cashout": 1.4}), {"bets"}),
        (set_in("bets", 0, "selection", {"auto": 1.4}), {"bets"}),
        (set_in("bets", 0, "bet", "crash.812.9"), {"bets"}),
        (set_in("bets", 0, "bet", "crash.812.2"), {"bets"}),
        (set_in("bets", 0, "transactions", []), {"ledger"}),
        (set_in("bets", 0, "transactions", 0, "amount", 1), {"ledger"}),
        (set_in("bets", 0, "transactions", 0, "category", "top-up"), {"ledger"}),
        (set_in("bets", 0, "transactions", 0, "type", "credit"), {"ledger"}),
        (set_in("bets", 0, "transactions", 1, "amount", 1_501), {"ledger"}),
        (set_in("bets", 0, "transactions", 1, "category", "top-up"), {"ledger"}),
    ],
)
def test_every_change_is_found(change: Callable[[Any], None], fails: set[str]) -> None:
    found = set(failed(changed(CRASH, change)))
    assert fails <= found


def test_a_journal_that_is_too_short_or_too_long_fails() -> None:
    assert failed(changed(CRASH, lambda proof: proof["journal"].pop())) == ["journal"]
    assert failed(changed(CRASH, lambda proof: proof["journal"].append(proof["journal"][-1]))) == ["journal"]
    assert failed(changed(DICE, lambda proof: proof["journal"].clear())) == ["journal"]
    after = [OPENED_AT + 5_000, {"do": "wake"}]
    last = verify(changed(DICE, lambda proof: proof["journal"].append(after)))[-2]
    assert (last.name, last.ok, last.detail) == ("journal", False, "Entry 2 of the journal is out of order.")


def test_a_credit_may_be_a_refund() -> None:
    assert failed(changed(CRASH, set_in("bets", 0, "transactions", 1, "category", "refund"))) == []


def test_bets_of_deleted_accounts_may_be_missing() -> None:
    checks = {check.name: check for check in verify(changed(CRASH, lambda proof: proof["bets"].pop(1)))}
    assert all(check.ok for check in checks.values())
    assert checks["bets"].detail.endswith("1 more are not on record: the account was deleted or could not pay.")


def test_a_selection_is_compared_by_value() -> None:
    proof = changed(DICE, set_in("bets", 0, "selection", {"over": True, "target": 20.50}))
    assert failed(proof) == []
    proof = dice.one("dice 1", 20.0, True)
    assert failed(changed(proof, set_in("bets", 0, "selection", {"target": 20, "over": True}))) == []


REFUNDED = {
    **CRASH["bets"][0],
    "amount": 100,
    "result": "void",
    "payout": 100,
    "transactions": [
        {"type": "debit", "category": "bet", "amount": 100},
        {"type": "credit", "category": "refund", "amount": 100},
    ],
}


@pytest.mark.parametrize(
    ("status", "seed", "bets", "checks"),
    [
        ("open", None, [], [("status", False)]),
        ("void", None, [], [("void", True), ("ledger", True)]),
        ("void", CRASH["server_seed"], [], [("commitment", True), ("void", True), ("ledger", True)]),
        ("void", "a", [], [("commitment", False), ("void", True), ("ledger", True)]),
        ("void", None, CRASH["bets"], [("void", False), ("ledger", True)]),
        ("void", None, [REFUNDED], [("void", True), ("ledger", True)]),
        ("void", None, [{**REFUNDED, "transactions": []}], [("void", True), ("ledger", False)]),
    ],
)
def test_rounds_without_an_outcome(status: str, seed: str | None, bets: Any, checks: list[tuple[str, bool]]) -> None:
    proof = {**CRASH, "status": status, "server_seed": seed, "client_seed": None, "journal": None, "bets": bets}
    proof["digest"] = digest_of(proof)
    assert [(check.name, check.ok) for check in verify(proof)] == [*checks, ("digest", True)]


@pytest.mark.parametrize(
    "change", [set_in("nonce", "1"), set_in("bets", None), set_in("game", "chess"), lambda proof: proof.pop("round")]
)
def test_invalid_proofs_are_reported(change: Callable[[Any], None]) -> None:
    with pytest.raises(ValueError, match=r"this is not the proof of a round|Unknown game: 'chess'"):
        verify(changed(CRASH, change))


def test_another_seed_rolls_another_number() -> None:
    changes = (set_in("server_seed", commitment("another")), set_in("journal", 0, 1, "client_seed", "another"))
    assert [set(failed(changed(DICE, change))) for change in changes] == [
        {"commitment", "outcome"},
        {"client_seed", "outcome"},
    ]


# ---- before the server seed is published ----


HAND = holdem.one("shown down", holdem.shown_down())
SECRET = HAND | {
    "server_seed": None,
    "outcome": {name: fact for name, fact in HAND["outcome"].items() if name != "deck"},
}


def test_a_hand_without_its_seed_is_checked_as_far_as_possible() -> None:
    checks = {check.name: check for check in verify(SECRET)}
    known = ["nonce", "client_seed", "ledger", "digest"]
    later = ["commitment", "journal", "outcome", "bets"]
    assert {name: check.ok for name, check in checks.items()} == dict.fromkeys(known, True) | dict.fromkeys(later)
    assert checks["commitment"].detail == (
        f"The server seed is not yet published. It will be at {HAND['published_later']['at']}."
    )
    assert [check.ok for check in verify(HAND)] == [True] * len(verify(HAND))
    assert SECRET["digest"] == HAND["digest"]


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (set_in("client_seed", "another"), "client_seed"),
        (set_in("journal", None), "journal"),
        (set_in("nonce", 1), "nonce"),
        (set_in("bets", 0, "transactions", []), "ledger"),
        (set_in("published_later", "members", ["server_seed", "outcome.deck", "bets"]), "digest"),
    ],
)
def test_a_wrong_hand_without_its_seed_is_found(change: Callable[[Any], None], fails: str) -> None:
    wrong = [check.name for check in verify(changed(SECRET, change)) if check.ok is False]
    assert wrong == [fails]


# ---- every byte ----


ROUNDS = sorted(json.loads(vectors.FILE.read_bytes())["rounds"].items())


def why(text: bytes) -> list[str]:
    """Return the details of the failed checks of a document."""
    try:
        return [check.detail for check in verify(msgspec.json.decode(text, type=dict[str, Any])) if not check.ok]
    except (msgspec.DecodeError, ValueError) as error:
        return [str(error)]


@settings(max_examples=60)
@given(st.sampled_from(ROUNDS), st.data())
def test_any_changed_byte_fails_with_a_reason(named: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    text = bytearray(msgspec.json.encode(named[1]))
    assert why(bytes(text)) == []
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[place]))
    reasons = why(bytes(text))
    assert reasons
    assert all(reasons)


def test_every_byte_of_a_round_counts() -> None:
    text = msgspec.json.encode(DICE)
    for place, byte in enumerate(text):
        other = ord("7") if byte != ord("7") else ord("8")
        assert why(text[:place] + bytes([other]) + text[place + 1 :]), text[max(0, place - 20) : place + 20]
