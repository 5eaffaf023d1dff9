"""A relay in front of a PostgreSQL server that stops to pass anything on when a test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit


class PostgresRelay:
    """Connections stay open while it hangs, but nothing arrives any more, as with a server process that is stopped."""

    def __init__(self, database_url: str) -> None:
        """``database_url`` has the folder of the server's unix socket."""
        self._database_url = database_url
        self._may_pass = asyncio.Event()
        self._may_pass.set()
        self._hangs_at: bytes | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}{urlsplit(self._database_url).path}"

    def hang(self) -> None:
        self._may_pass.clear()

    def hang_at(self, text: str) -> None:
        """Hang when a client sends this text, which does not arrive."""
        self._hangs_at = text.encode()

    @property
    def hangs(self) -> bool:
        return not self._may_pass.is_set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._accept, "127.0.0.1")
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _accept(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        folder = parse_qs(urlsplit(self._database_url).query)["host"][0]
        server, to_server = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        for pump in (self._pump(client, to_server), self._pump(server, to_client)):
            task = asyncio.create_task(pump)
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError):
                while data := await reader.read(65_536):
                    if self._hangs_at is not None and self._hangs_at in data:
                        self.hang()
                    await self._may_pass.wait()
                    writer.write(data)
        finally:
            writer.close()


@asynccontextmanager
async def relay_of(database_url: str) -> AsyncIterator[PostgresRelay]:
    relay = PostgresRelay(database_url)
    async with relay.listening():
        yield relay
