"""A live node with the HTTP API, for tests that use both HTTP and the WebSocket."""

from typing import Any

from aiohttp import ClientResponse, web

from server.mail import mailer_of
from server.web.app import add_web
from tests.server.live_clients import Player
from tests.server.live_node import Live, OpenLive
from tests.server.web.world import web_deps

ROOM: dict[str, Any] = {"game": "crash", "options": {"betting_ms": 1_000}}


class LiveSite(Live):
    """A live node that serves the HTTP API too. Rigged seeds suit the first round of each private room."""

    def add_to(self, app: web.Application) -> None:
        super().add_to(app)
        deps = web_deps(
            self.config,
            self.clock,
            self.db,
            mailer=mailer_of(self.config, self.clock),
            room_service=self.node.room_service,
            private_rooms=self.node.room_service.private,
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
        problem: dict[str, Any] = await response.json(content_type="application/problem+json")
        assert problem["status"] == response.status
        return problem

    def _next_crash_number(self) -> int:
        return 1

    async def open_room(self, player: Player, **terms: Any) -> tuple[str, str]:
        """Open a private room that the player owns; returns its key and its invite."""
        opened = await self.ok("POST", "rooms", player, json=ROOM | terms)
        return opened["room"], opened["invite"]


async def open_site(open_live: OpenLive, **settings: Any) -> LiveSite:
    site = await open_live(kind=LiveSite, **settings)
    assert isinstance(site, LiveSite)
    return site
