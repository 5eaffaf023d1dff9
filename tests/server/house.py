"""A live node with the HTTP API, for tests that use HTTP and the WebSocket."""

from typing import Any

from aiohttp import ClientResponse, web

from server.mail import mailer_of
from server.web.app import add_web
from tests.server.live import Live, OpenLive, Player
from tests.server.web.world import web_deps

ROOM: dict[str, Any] = {"game": "crash", "options": {"betting_ms": 500}}


class House(Live):
    def add_to(self, app: web.Application) -> None:
        super().add_to(app)
        deps = web_deps(
            self.config,
            self.clock,
            self.db,
            mailer=mailer_of(self.config, self.clock),
            rooms=self.node.rooms_api,
            private_rooms=self.node.rooms_api.private,
            players=self.node.players,
            games=self.games,
        )
        add_web(app, deps, b"{}")

    async def call(self, method: str, path: str, player: Player | None = None, **request: Any) -> ClientResponse:
        headers = {"Authorization": f"Bearer {player.token}"} if player else {}
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        return await self.http.request(method, url, headers=headers, **request)

    async def ok(self, method: str, path: str, player: Player | None = None, **request: Any) -> Any:
        response = await self.call(method, path, player, **request)
        text = await response.text()
        assert response.status < 300, text
        return await response.json() if text else None

    async def problem(self, method: str, path: str, player: Player | None = None, **request: Any) -> dict[str, Any]:
        response = await self.call(method, path, player, **request)
        told: dict[str, Any] = await response.json(content_type="application/problem+json")
        assert told["status"] == response.status
        return told

    def _next_crash_number(self) -> int:
        """Seeds are rigged for the first rounds of the rooms that players open."""
        return 1

    async def opens(self, player: Player, **wishes: Any) -> tuple[str, str]:
        """Open a private room of the player; returns its key and its invite."""
        opened = await self.ok("POST", "rooms", player, json=ROOM | wishes)
        return opened["room"], opened["invite"]


async def house_of(open_live: OpenLive, **settings: Any) -> House:
    house = await open_live(kind=House, **settings)
    assert isinstance(house, House)
    return house
