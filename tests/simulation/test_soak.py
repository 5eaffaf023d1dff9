"""Bots play all games at once over real sockets: nothing fails, and the books balance."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from game_engine.games import GAMES
from tests.browser.site import ROOT, Site


def soak(folder: Path, seconds: int, bots: int) -> set[str]:
    """Let the bots play; returns the games with a settled round that has bets."""
    site = Site(folder)
    site.start()
    try:
        crowd = ("bots", str(bots), "--url", site.url, "--games", "all", "--seconds", str(seconds), "--pace", "3")
        done = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *crowd],
            check=False,
            cwd=site.folder,
            env=site.environment,
            capture_output=True,
            text=True,
            timeout=seconds + 60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert site.run("audit").splitlines()[0] == "The books balance."
    finally:
        site.stop()
    assert "ERROR" not in site.log()
    # The stop made rounds void that still took bets.
    assert site.run("audit").splitlines()[0] == "The books balance."
    return played(site)


def played(site: Site) -> set[str]:
    with closing(sqlite3.connect(site.folder / "var" / "croupier.db")) as db:
        query = "SELECT DISTINCT g.name FROM bets b JOIN rounds r ON r.id = b.round_id JOIN games g ON g.id = r.game_id"
        return {name for (name,) in db.execute(query)}


@pytest.mark.timeout(150)
def test_bots_in_all_games_for_a_few_seconds(tmp_path: Path) -> None:
    assert len(soak(tmp_path, 12, 2 * len(GAMES))) >= len(GAMES) / 2  # a round of crash or roulette can take longer


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_bots_in_all_games_for_ten_minutes(tmp_path: Path) -> None:
    assert soak(tmp_path, 600, 4 * len(GAMES)) == set(GAMES)
