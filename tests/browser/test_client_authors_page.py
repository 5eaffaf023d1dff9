"""The examples in docs/client-authors.md run as they are printed."""

import re
import subprocess
import sys
from pathlib import Path

from tests.browser.conftest import Visit
from tests.browser.site import ROOT, Site

PAGE = (ROOT / "docs" / "client-authors.md").read_text()


def example(language: str) -> str:
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


def test_the_example_in_javascript(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site, "/")
    result = page.evaluate(
        f"([name, password]) => {{ {example('javascript')}; return playDice(name, password); }}",
        [player.username, player.password],
    )
    assert 0 <= result["roll"] <= 100
    assert result["payout"] == (198 if result["roll"] > 50 else 0)


def test_the_example_in_python(site: Site, tmp_path: Path) -> None:
    player = site.add_player()
    program = tmp_path / "dice.py"
    program.write_text(example("python"))
    command = [sys.executable, str(program), site.url, player.username, player.password]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\{'roll': [\d.]+, 'payout': (0|198)\}\n", done.stdout)
