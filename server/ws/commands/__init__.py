"""The commands of the WebSocket protocol: for each type of request the function that answers it."""

from server.ws.commands import greeting, playing, watching
from server.ws.connection import Command

COMMANDS: dict[type, Command] = {**greeting.COMMANDS, **watching.COMMANDS, **playing.COMMANDS}
