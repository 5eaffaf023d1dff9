"""The example in docs/testing.md runs as it is printed."""

import re
from pathlib import Path
from typing import Any

from tests.server.live_node import Live

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"


async def test_the_example_passes(live: Live) -> None:
    [example] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    module: dict[str, Any] = {}
    exec(compile(example, str(PAGE), "exec"), module)
    await module["test_a_dice_round_pays_what_it_announced"](live)
