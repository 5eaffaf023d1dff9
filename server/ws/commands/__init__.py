"""The verbs: a struct and a function each, in one registry."""

from server.ws.commands import greeting, playing, watching
from server.ws.registry import Command

COMMANDS: dict[type, Command] = {**greeting.COMMANDS, **watching.COMMANDS, **playing.COMMANDS}
