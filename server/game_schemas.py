"""The schemas of the games' own types, as they are on the wire: views, events, outcomes, replies, actions, options."""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Literal, get_args

from msgspec import Struct

from game_engine.game import AnyGame, BetEvent, Game, Reason, refusals_of
from server import messages
from server.errors import CLOSES, ERRORS, REASONS
from server.schemas import Schema, Schemas

REFERENCE = "#/components/schemas/"
GAMES_PACKAGE = "game_engine.games."


class RoomView(Struct, frozen=True):
    """The view of a room of any game while no round is shown: ``waiting`` for a round to open, or ``settling`` the one
    that has ended."""

    phase: Literal["waiting", "settling"]


class VoidOutcome(Struct, frozen=True):
    """The outcome of a void round."""

    reason: messages.VoidReason


MEMBERS: dict[str, dict[str, str]] = {
    "Snapshot": {"view": "View", "options": "Options"},
    "PastRound": {"outcome": "Outcome"},
    "RoundEnded": {"outcome": "Outcome"},
    "RoomSummary": {"options": "Options", "phase": "Phase"},
    "Wager": {"selection": "Selection"},
    "BetPlaced": {"selection": "Selection"},
    "Bet": {"selection": "Selection"},
    "BetView": {"selection": "Selection"},
    "ProofBet": {"selection": "Selection"},
    "RoundView": {"outcome": "RecordedOutcome"},
    "Proof": {"outcome": "RecordedOutcome"},
    "ErrorBody": {"code": "ErrorCode"},
    "Goodbye": {"code": "CloseName"},
    "ProblemDocument": {"code": "ProblemCode"},
}
"""Members of common types whose values are the game's own or codes, and what describes these."""


def reference(name: str) -> Schema:
    return {"$ref": REFERENCE + name}


def any_of(schemas: Iterable[Schema]) -> Schema:
    distinct = list({repr(schema): schema for schema in schemas}.values())
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


UNITS = {"chips": "cents", "time": "ms", "number": "number", "word": "string", "words": "strings"}
"""The kinds of values in messages, and what their values on the wire are."""


class PublishedReason(Struct, frozen=True, omit_defaults=True):
    """Why something is refused, for clients that have their own words: ``values`` are the names of the values, and
    what they are, and ``message`` is the English text. ``game`` is empty for those of the server and of every game."""

    code: str
    reason: str
    values: dict[str, str]
    message: str
    game: str = ""


def published_reasons(games: Mapping[str, AnyGame]) -> list[PublishedReason]:
    """Every reason of the server and of these games."""
    found = [_published(reason) for reason in (*REASONS.values(), *Game.refusals)]
    for game in games.values():
        found += [_published(each, game.name) for each in refusals_of(game) if each not in Game.refusals]
    return found


def _published(reason: Reason, game: str = "") -> PublishedReason:
    values = {name: UNITS[kind] for name, kind in reason.kinds.items()}
    message = re.sub(r"\{(\w+):\w+\}", r"{\1}", reason.message)
    return PublishedReason(code=reason.code, reason=reason.word, values=values, message=message, game=game)


class GameSchemas:
    """The components of all games, and the schemas of each game's types."""

    def __init__(self, games: Mapping[str, AnyGame]) -> None:
        self.components: dict[str, Schema] = {}
        self.events: dict[str, list[Schema]] = {}
        self.acts: dict[str, list[Schema]] = {}
        self.shown: dict[str, list[Schema]] = {}
        """Each game's view, the facts of its outcomes and the replies to its actions, as far as it declares them."""
        views, outcomes, replies, options, selections = [], [], [], [], []
        phases: list[str] = []
        for game in games.values():
            plain = self._plain(game)
            views.append(self._wire(game, [game.view_type]).of(game.view_type))
            outcomes.append(plain.of(game.facts_type))
            answers = [] if game.action is None else [plain.of(game.reply_type)]
            self.shown[game.name] = [each for each in (views[-1], outcomes[-1], *answers) if "$ref" in each]
            options.append(plain.of(game.options))
            selections.append(plain.of(game.selection))
            if game.action is not None:
                replies.append(plain.of(game.reply_type))
            phases += game.phases
            common = {event.__struct_config__.tag for event in messages.COMMON_EVENTS}
            own = [event for event in game.events if event.__struct_config__.tag not in common]
            told = self._wire(game, own)
            self.events[game.name] = [told.of(event) for event in own]
            for event in own:
                if issubclass(event, BetEvent):
                    _add(told.struct(event), {"player": _STRING, "bet": _STRING})
            self.acts[game.name] = self._actions(game)
        rooms = Schemas([RoomView, VoidOutcome])
        self._merge(rooms.components)
        self.components |= {
            "View": any_of([rooms.of(RoomView), *views]),
            "Outcome": any_of(outcomes),
            "RecordedOutcome": any_of([*outcomes, rooms.of(VoidOutcome), {"type": "null"}]),
            "ActOk": any_of(replies),
            "Options": any_of(options),
            "Selection": any_of(selections),
            "Phase": {
                "type": "string",
                "enum": list(dict.fromkeys([*phases, "waiting", "settling", "hidden"])),
                "description": "The phase of a room's view; `hidden` in the lobby if not everyone may watch the room.",
            },
            "ErrorCode": _codes([e.code for e in ERRORS.values() if e.live or not e.status], "An error code."),
            "ProblemCode": _codes(list(ERRORS), "An error code of the HTTP API."),
            "CloseName": {"type": "string", "enum": [close.name for close in CLOSES.values()]},
            "CloseCode": {
                "type": "integer",
                "enum": [close.code for close in CLOSES.values()],
                "description": " ".join(f"{c.code} `{c.name}`: {c.meaning}" for c in CLOSES.values()),
            },
        }

    def reachable(self, names: Iterable[str]) -> list[str]:
        """The components with these names, and those of which they consist, in order of discovery."""
        found: list[str] = []
        waiting = list(names)
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found.append(name)
                waiting += sorted(_references(self.components[name]))
        return found

    def complete(self, components: dict[str, Schema]) -> None:
        """Say in ``components`` what the members are that are the games' own, and add the types to which these lead.

        Every component gets its name as a title, from which generators of code name their types.
        """
        for name, members in MEMBERS.items():
            for member, union in members.items():
                if name in components:
                    components[name]["properties"][member] = reference(union)
        while missing := sorted(_references(components) - components.keys()):
            components |= {name: deepcopy(self.components[name]) for name in missing}
        for name, schema in components.items():
            if "$ref" not in schema:  # beside a reference, nothing counts
                schema.setdefault("title", name)

    def _plain(self, game: AnyGame) -> Schemas:
        """The schemas of what the room passes on as it is."""
        actions = [] if game.action is None else [game.reply_type]
        schemas = Schemas([game.facts_type, game.options, game.selection, *actions], name_of=_namer(game))
        facts = schemas.of(game.facts_type)
        if "$ref" in facts:
            struct = schemas.struct(game.facts_type)
            struct["required"] = [name for name in struct.get("required", ()) if name not in game.hidden_facts]
        self._merge(schemas.components)
        return schemas

    def _wire(self, game: AnyGame, types: list[Any]) -> Schemas:
        """The schemas of what the room sends with the names of players and bets."""
        schemas = Schemas(types, name_of=_namer(game))
        for component in schemas.components.values():
            _name_players_and_bets(component)
        self._merge(schemas.components)
        return schemas

    def _actions(self, game: AnyGame) -> list[Schema]:
        if game.action is None:
            return []
        kinds = get_args(game.action) or (game.action,)
        schemas = Schemas([*kinds, messages.Act], name_of=_namer(game))
        act, found = schemas.struct(messages.Act), []
        for kind in kinds:
            action = schemas.struct(kind)
            _name_players_and_bets(action)
            name = _namer(game)(kind) + "Act"
            self._merge({name: _joined(act, action, name)})
            found.append(reference(name))
        return found

    def _merge(self, components: Mapping[str, Schema]) -> None:
        for name, component in components.items():
            if self.components.setdefault(name, component) != component:
                raise ValueError(f"two types are called {name}")


_STRING: Schema = {"type": "string"}


def _codes(codes: list[str], about: str) -> Schema:
    return {"type": "string", "enum": codes, "description": about}


def _namer(game: AnyGame) -> Any:
    """Types of the game's own modules are named after it; those that games share have plain names."""
    prefix = game.name[:1].upper() + game.name[1:]

    def name_of(kind: type) -> str:
        shared = kind.__module__.startswith(("game_engine.", "server.")) and not kind.__module__.startswith(
            GAMES_PACKAGE
        )
        return kind.__name__ if shared or kind.__name__.startswith(prefix) else prefix + kind.__name__

    return name_of


def _name_players_and_bets(component: Schema) -> None:
    members = component.get("properties", {})
    if members.get("seat", {}).get("type") == "integer":
        _add(component, {"player": _STRING})
    bet = members.get("bet", {})
    if bet.get("type") == "integer":
        members["bet"] = _STRING
    elif "anyOf" in bet:
        bet["anyOf"] = [_STRING if each.get("type") == "integer" else each for each in bet["anyOf"]]


def _add(component: Schema, members: Mapping[str, Schema]) -> None:
    component["properties"] |= members
    component["required"] = [*component.get("required", ()), *members]


def _joined(act: Schema, action: Schema, name: str) -> Schema:
    """A request for one action: the members of every ``act``, and those of the action."""
    return {
        "title": name,
        "description": action.get("description", ""),
        "type": "object",
        "properties": act["properties"] | action["properties"],
        "required": list(dict.fromkeys([*act["required"], *action.get("required", ())])),
        "additionalProperties": False,
    }


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"].rpartition("/")[2]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()
