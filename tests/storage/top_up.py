"""A program for the tests: tops up one account many times, as an operator's command does."""

import asyncio
import sys

from storage.database import open_store
from storage.ledger import credit


async def main(url: str, user_id: int, times: int) -> None:
    for _ in range(times):
        db = await open_store(url, is_server=False)
        try:
            await credit(db, user_id, 1, "top-up", "From the desk")
        finally:
            await db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
