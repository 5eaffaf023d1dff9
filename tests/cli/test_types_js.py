"""The client's types match the server's messages and routes."""

import re
from pathlib import Path

import pytest

from cli import types_js
from server.web.app import ROUTES
from server.web.openapi import describe


def test_the_committed_files_are_up_to_date() -> None:
    assert types_js.main(["--check"]) == 0, "run `python -m cli.types_js`"


def test_every_verb_and_every_common_event_has_its_type() -> None:
    text = types_js.generate()["types.d.ts"]
    for verb in ("hello", "rooms", "watch", "unwatch", "join", "leave", "bet", "act", "chat", "ping"):
        assert f'do: "{verb}";' in text
        assert f"  {verb}: {{ args: Omit<" in text
    assert 'type: "round_ended";' in text
    assert "export type CommonEvent = RoundOpened |" in text


def test_optional_nullable_nested_and_open_fields() -> None:
    text = types_js.generate()["types.d.ts"]
    assert "  round: RoundHead | null;" in text
    assert "  you?: You | null;" in text
    assert "  results: Array<ResultLine>;" in text
    assert "  resume?: Record<string, Resumption>;" in text
    assert "  selection: any;" in text
    assert 'act: { args: Omit<Act, "id" | "do"> & Record<string, unknown>; ok: Record<string, any> };' in text


def test_http_calls_have_paths_queries_bodies_and_answers() -> None:
    text = types_js.generate()["http.d.ts"]
    assert '"GET /me": { args: {}; answer: Me };' in text
    assert '"GET /users/{username}": { args: { path: { username: string } }; answer: PublicProfile };' in text
    assert '"PUT /me/limits": { args: { body: LimitsUpdate }; answer: LimitsView };' in text
    assert '"DELETE /me": { args: { body: Deletion }; answer: null };' in text
    page = "BetViewPage"
    assert f'"GET /me/bets": {{ args: {{ query?: CategorisedQuery }}; answer: {page} }};' in text


def test_http_answers_have_the_fields_that_openapi_describes() -> None:
    text = types_js.generate()["http.d.ts"]
    schemas = describe(ROUTES)["components"]["schemas"]
    for name in ("Me", "GameView", "Proof", "BetView", "TransactionView", "LimitsView"):
        _, _, rest = text.partition(f"export interface {name} {{\n")
        fields = [line.split(":")[0].strip().rstrip("?") for line in rest.partition("}")[0].splitlines()]
        assert fields == list(schemas[name]["properties"]), name


def test_messages_in_http_answers_are_imported() -> None:
    text = types_js.generate()["http.d.ts"]
    assert re.search(r'^import type {.*\bSnapshotFrame\b.*} from "./types.js";$', text, re.MULTILINE)
    assert "export interface SnapshotFrame" not in text


def test_no_two_types_share_a_name() -> None:
    """The names of such types would contain their modules' names."""
    for text in types_js.generate().values():
        assert all(re.fullmatch("[A-Z][A-Za-z]+", name) for name in re.findall(r"export interface (\w+)", text))


def test_it_writes_and_notices_stale_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert types_js.main(["--check"], tmp_path) == 1
    assert "http.d.ts is out of date" in capsys.readouterr().err
    assert types_js.main([], tmp_path) == 0
    assert types_js.main(["--check"], tmp_path) == 0
    for name, text in types_js.generate().items():
        assert (tmp_path / name).read_text(encoding="utf-8") == text
