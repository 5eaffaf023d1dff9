"""run.py with three more games without faces of their own: a timed one, a stepped one, and a card game with turns."""

import sys
from typing import Any

from cli import main
from game_engine import games
from game_engine.game import Seat
from tests.game_engine.contract.games.high import High, State
from tests.game_engine.contract.games.ladder import Ladder
from tests.game_engine.contract.games.race import Race


class Table(High):
    """High card with a view such as authors of card games write: turns with a clock, hands, a table of players."""

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        until, card = shown.pop("until"), shown.pop("card", None)
        shown.pop("players")
        shown["players"] = [
            {"seat": seat, "paid": paid, "cards": [card if seat == viewer else None] if state.cards else [],
             "folded": bool(state.live) and seat not in state.live}
            for seat, paid in state.paid.items()
        ]  # fmt: skip
        if state.phase == "betting":
            return shown | {"deals_at": until}
        turn = {"seat": state.waiting[0], "ends_at": until} if state.waiting else None
        return shown | {"turn": turn, "price": state.price} | ({} if card is None else {"hand": [card]})


EXTRA = (Table(), Ladder(), Race())

if __name__ == "__main__":
    games.GAMES.update({game.name: game for game in EXTRA})
    sys.exit(main.main(sys.argv[1:]))
