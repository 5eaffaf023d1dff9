"""The client's types are what the server's messages are."""

from pathlib import Path

import pytest

from cli import types_js


def test_the_committed_file_is_up_to_date() -> None:
    assert types_js.main(["--check"]) == 0, "run `python -m cli.types_js`"


def test_every_verb_and_every_common_event_has_its_type() -> None:
    text = types_js.generate()
    for verb in ("hello", "rooms", "watch", "unwatch", "join", "leave", "bet", "act", "chat", "ping"):
        assert f'do: "{verb}";' in text
        assert f"  {verb}: {{ args: Omit<" in text
    assert 'type: "round_ended";' in text
    assert "export type CommonEvent = RoundOpened |" in text


def test_optional_nullable_nested_and_open_fields() -> None:
    text = types_js.generate()
    assert "  round: RoundName | null;" in text
    assert "  you?: You | null;" in text
    assert "  results: Array<ResultLine>;" in text
    assert "  resume?: Record<string, Resumption>;" in text
    assert "  selection: any;" in text
    assert 'act: { args: Omit<Act, "id" | "do"> & Record<string, unknown>; ok: Record<string, any> };' in text


def test_it_writes_and_notices_a_stale_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "types.d.ts"
    monkeypatch.setattr(types_js, "TARGET", target)
    assert types_js.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert types_js.main([]) == 0
    assert types_js.main(["--check"]) == 0
    assert target.read_text(encoding="utf-8") == types_js.generate()
