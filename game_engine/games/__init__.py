"""The list of games. A new game is one module and one line here; no other code asks which game it is."""

from game_engine.game import AnyGame
from game_engine.games.blackjack import Blackjack
from game_engine.games.coinduel import Coinduel
from game_engine.games.crash import Crash
from game_engine.games.dice import Dice
from game_engine.games.hilo import HiLo
from game_engine.games.holdem import Holdem
from game_engine.games.keno import Keno
from game_engine.games.limbo import Limbo
from game_engine.games.mines import Mines
from game_engine.games.plinko import Plinko
from game_engine.games.roulette import Roulette

LISTED: tuple[AnyGame, ...] = (
    Blackjack(),
    Coinduel(),
    Crash(),
    Dice(),
    HiLo(),
    Holdem(),
    Keno(),
    Limbo(),
    Mines(),
    Plinko(),
    Roulette(),
)
GAMES = {game.name: game for game in LISTED}
