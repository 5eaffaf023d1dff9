"""`verify` and `replay`, with rounds in the database and with downloaded ones."""

import hashlib
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from cli.rounds import proof_of
from game_engine.game import Bet, Seat, Seeds
from game_engine.games import GAMES
from game_engine.replay import journal_to_json
from server.config import load
from storage import ledger, open_rounds
from storage.games import ensure_games
from storage.settlement import EndedBet, EndedRound, OpenRound
from storage.store import Store
from tests.cli.conftest import Home
from tests.game_engine.rounds import holdem
from tests.storage.world import begin_session

OPENED = 1_764_000_000_123
SEED = "ab" * 32


async def settle_dice(db: Store, user_id: int) -> None:
    """Settle one round of dice, dice-test.1, as a room would."""
    game = GAMES["dice"]
    game_id = (await ensure_games(db, {"dice": "Dice."}))["dice"]
    session = await begin_session(db, user_id, game_id, "dice-test")
    options = msgspec.json.decode(b"{}", type=game.options)
    selection = {"target": 50.0, "over": True}
    step = game.open(options, Seeds(SEED, 1), OPENED)
    bet = Bet(
        seat=Seat(0), number=1, amount=500, client_seed="myseed", selection=msgspec.convert(selection, game.selection)
    )
    outcome = game.apply(step.state, bet, OPENED + 1500).outcome
    assert outcome is not None
    [result] = outcome.results
    stored = EndedBet(
        user_id=user_id,
        session_id=session,
        number=1,
        amount=500,
        selection=msgspec.json.encode(bet.selection),
        result=result.result,
        payout=result.payout,
        key="key-1",
        placed_at=OPENED + 100,
    )
    round_ = EndedRound(
        game_id=game_id,
        room="dice-test",
        number=1,
        server_seed_hash=hashlib.sha256(SEED.encode()).hexdigest(),
        server_seed=SEED,
        client_seed=outcome.client_seed,
        nonce=1,
        status="settled",
        options=msgspec.json.encode(options),
        journal=journal_to_json([(OPENED + 1500, bet)]),
        outcome=msgspec.json.encode(outcome.facts),
        started_at=OPENED,
        ended_at=OPENED + 1500,
        bets=(stored,),
    )
    [settlement] = await ledger.settle(db, [round_])
    assert settlement.status == "settled"


@pytest.fixture
def played(home: Home) -> Home:
    user_id = home.add_player("ann")
    home.with_database(lambda db: settle_dice(db, user_id))
    return home


def test_a_stored_round_is_verified(played: Home) -> None:
    said = played.run("verify", "dice-test.1")
    assert said.code == 0
    assert said.out.endswith("dice-test.1 was drawn and paid as promised.\n")
    assert "WRONG" not in said.out


def test_a_stored_round_is_replayed(played: Home) -> None:
    said = played.run("replay", "dice-test.1")
    assert said.code == 0
    assert "0.000  the round opens" in said.out
    assert '1.500  seat 0 bets 5.00 (bet 1, {"target":50.0,"over":true})' in said.out
    assert "outcome: roll" in said.out


def run_on_file(played: Home, command: str, **changed: Any) -> tuple[int, str, str]:
    proof = played.with_database(lambda _db: proof_of("dice-test.1", load({})))
    (played.folder / "round.json").write_bytes(msgspec.json.encode({**proof, **changed}))
    said = played.run(command, "round.json")
    return said.code, said.out, said.err


def test_a_downloaded_round_is_verified_and_replayed(played: Home) -> None:
    assert run_on_file(played, "verify")[0] == 0
    assert run_on_file(played, "replay")[0] == 0


@pytest.mark.parametrize(
    "changed", [{"server_seed": "cd" * 32}, {"client_seed": "other"}, {"outcome": {"roll": 1.0}}, {"journal": []}]
)
def test_a_manipulated_round_is_detected(played: Home, changed: dict[str, Any]) -> None:
    code, out, _ = run_on_file(played, "verify", **changed)
    assert code == 1
    assert "WRONG" in out
    assert out.endswith("dice-test.1 was NOT drawn and paid as promised.\n")


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        ("verify", {"game": "chess"}),
        ("verify", {"nonce": "one"}),
        ("replay", {"game": "chess"}),
        ("replay", {"nonce": "one"}),
        ("replay", {"status": "open", "server_seed": None}),
        ("replay", {"journal": [[1, {"do": "wake"}]]}),
        ("replay", {"journal": "none"}),
    ],
)
def test_an_invalid_proof_is_wrong_input(played: Home, command: str, changed: dict[str, Any]) -> None:
    code, _, err = run_on_file(played, command, **changed)
    assert code == 2
    assert err.count("\n") == 1


def test_a_hand_whose_seed_is_not_yet_published_is_checked_as_far_as_possible(played: Home) -> None:
    hand = holdem.one("shown down", holdem.shown_down())
    shown = {name: fact for name, fact in hand["outcome"].items() if name != "deck"}
    (played.folder / "hand.json").write_bytes(msgspec.json.encode(hand | {"server_seed": None, "outcome": shown}))
    said = played.run("verify", "hand.json")
    assert said.code == 0
    assert "later  The server seed is not yet published. It will be at 2026-11-19T" in said.out
    assert said.out.endswith("nothing is wrong so far. Verify it again when its server seed is published.\n")
    assert "can be replayed once its server seed is published" in played.run("replay", "hand.json").err
    (played.folder / "hand.json").write_bytes(msgspec.json.encode(hand | {"server_seed": None, "nonce": 1}))
    assert played.run("verify", "hand.json").code == 1
    (played.folder / "hand.json").write_bytes(msgspec.json.encode(hand))
    assert played.run("verify", "hand.json").out.endswith("drawn and paid as promised.\n")


@pytest.mark.parametrize(
    ("name", "text"),
    [("dice-test.2", None), ("dice.0", None), ("dice.1/..", None), ("x.json", "{"), ("x.json", "[1]"), ("x.json", "é")],
)
def test_an_unreadable_round_is_wrong_input(played: Home, name: str, text: str | None) -> None:
    if text is not None:
        (played.folder / name).write_text(text, encoding="latin-1")
    said = played.run("verify", name)
    assert said.code == 2
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("command", ["verify", "replay"])
@pytest.mark.parametrize(
    "changed",
    ["journal = '[1]'", "journal = 'no JSON'", "started_at = 'never'", "ended_at = 5", "results = '[[1, 2]]'"],
)
def test_a_row_that_was_changed_by_hand_is_one_line(played: Home, command: str, changed: str) -> None:
    async def change(db: Store) -> None:
        async with db.write() as session:
            await session.execute(text(f"UPDATE rounds SET {changed}"))

    played.with_database(change)
    said = played.run(command, "dice-test.1")
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert "the record of dice-test.1 can't be read" in said.err


def test_an_open_round_can_not_be_verified(played: Home) -> None:
    async def open_next(db: Store) -> None:
        game_id = (await ensure_games(db, {"dice": "Dice."}))["dice"]
        await open_rounds.open_round(
            db,
            OpenRound(
                game_id=game_id,
                room="dice-test",
                number=2,
                server_seed_hash="00" * 32,
                nonce=2,
                options=b"{}",
                started_at=OPENED,
            ),
        )

    played.with_database(open_next)
    said = played.run("verify", "dice-test.2")
    assert (said.code, said.out) == (2, "")
    assert "dice-test.2 is still open" in said.err


def test_a_void_round_is_not_called_drawn(played: Home) -> None:
    async def void_next(db: Store) -> None:
        game_id = (await ensure_games(db, {"dice": "Dice."}))["dice"]
        round_ = EndedRound(
            game_id=game_id,
            room="dice-test",
            number=2,
            server_seed_hash="00" * 32,
            server_seed="",
            client_seed="",
            nonce=2,
            status="void",
            options=b"{}",
            journal=b"",
            outcome=b'{"reason":"owner_lost"}',
            started_at=OPENED,
            ended_at=OPENED + 1500,
        )
        await ledger.settle(db, [round_])

    played.with_database(void_next)
    said = played.run("verify", "dice-test.2")
    assert said.code == 0
    assert said.out.endswith("dice-test.2 is void: it has no outcome, and its stakes were returned.\n")
    assert played.run("replay", "dice-test.2").code == 2
