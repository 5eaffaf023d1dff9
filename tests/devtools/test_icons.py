"""The committed pictures of the icon have the sizes that their names say."""

from devtools.icons import FAVICON, FOLDER, as_ico


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def test_the_pictures_are_squares_of_their_sizes() -> None:
    for path in FOLDER.glob("*.png"):
        side = int(path.stem.rpartition("-")[2])
        assert size_of(path.read_bytes()) == (side, side), path.name
    assert len(list(FOLDER.glob("*.png"))) == 4


def test_the_favicon_is_an_ico_with_one_picture() -> None:
    content = (FOLDER / "favicon.ico").read_bytes()
    picture = content[22:]
    assert size_of(picture) == (FAVICON, FAVICON)
    assert content == as_ico(picture, FAVICON)
