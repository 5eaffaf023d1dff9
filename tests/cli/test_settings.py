"""`config` shows every setting and its source, and no password."""

import pytest
from msgspec import structs

from server.config import Config
from tests.cli.conftest import Home


def test_every_setting_is_shown_with_its_meaning(empty_home: Home) -> None:
    said = empty_home.run("config")
    assert said.code == 0
    lines = {line.split()[0]: line for line in said.out.splitlines()}
    for field in structs.fields(Config):
        assert lines[f"CROUPIER_{field.name.upper()}"].rstrip().endswith(".")


def test_the_source_of_a_value_is_shown(empty_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_home.folder / ".env").write_text("CROUPIER_PORT=9000\nCROUPIER_HOST=0.0.0.0\n")
    monkeypatch.setenv("CROUPIER_PORT", "9001")
    rows = {line.split()[0]: line.split()[1:3] for line in empty_home.run("config").out.splitlines()}
    assert rows["CROUPIER_PORT"] == ["9001", "environment"]
    assert rows["CROUPIER_HOST"] == ["0.0.0.0", ".env"]
    assert rows["CROUPIER_VAR"] == ["var", "default"]


@pytest.mark.parametrize(
    ("variable", "url", "shown"),
    [
        ("DATABASE_URL", "postgresql://ann:s3cret@db/croupier", "postgresql://ann:***@db/croupier"),
        ("DATABASE_URL", "postgresql:///croupier?user=ann&password=s3cret&x=1", "?user=ann&password=***&x=1"),
        ("MAIL_URL", "smtp://post:s3cret:x@mail:25", "smtp://post:***@mail:25"),
        ("MAIL_URL", "smtp://post:s3c@s3cret@mail:25", "smtp://post:***@mail:25"),
    ],
)
def test_passwords_are_masked(
    empty_home: Home, monkeypatch: pytest.MonkeyPatch, variable: str, url: str, shown: str
) -> None:
    monkeypatch.setenv(f"CROUPIER_{variable}", url)
    said = empty_home.run("config")
    assert shown in said.out
    assert "s3cret" not in said.out
