"""Draw the client's icons in the sizes that systems ask for: ``python -m devtools.icons`` after a change to icon.svg.

The pictures are committed, so that a build needs no browser.
"""

import shutil
import struct
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).parents[1] / "server" / "client" / "icons"
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
GROUND = "#0b100f"
"""The colour behind a picture that systems crop to a shape of theirs."""
MASKABLE_SHARE = 0.72
"""Systems may crop all but the inner 80 % of a maskable icon."""
FAVICON = 32


def draw(browser: Browser, svg: str, size: int, *, share: float = 1.0, ground: str = "transparent") -> bytes:
    """The drawing as a PNG: a square of ``size`` pixels, of which the drawing takes up a share."""
    page = browser.new_page(viewport={"width": size, "height": size})
    side, margin = size * share, size * (1 - share) / 2
    page.set_content(f"""<style>
        html {{ background: {ground} }}
        body {{ margin: {margin}px }}
        svg {{ width: {side}px; height: {side}px; display: block }}
    </style>{svg}""")
    picture = page.screenshot(omit_background=True)
    page.close()
    return picture


def as_ico(png: bytes, size: int) -> bytes:
    """An ICO file with one picture, which may be a PNG."""
    header = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(png), len(header) + 16)
    return header + entry + png


def main() -> None:
    svg = (FOLDER / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, CHROMIUMS)), None), args=["--no-sandbox"]
        )
        for size in (192, 512):
            (FOLDER / f"icon-{size}.png").write_bytes(draw(browser, svg, size))
        (FOLDER / "icon-180.png").write_bytes(draw(browser, svg, 180, share=0.86, ground=GROUND))
        (FOLDER / "icon-maskable-512.png").write_bytes(draw(browser, svg, 512, share=MASKABLE_SHARE, ground=GROUND))
        (FOLDER / "favicon.ico").write_bytes(as_ico(draw(browser, svg, FAVICON), FAVICON))
        browser.close()


if __name__ == "__main__":
    main()
