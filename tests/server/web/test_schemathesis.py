"""Schemathesis generates requests from the OpenAPI document and finds no undocumented answer."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.server.web.played import sit_down
from tests.server.web.world import Opener

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method"
)


@pytest.mark.parametrize("budget_s", [8, pytest.param(120, marks=pytest.mark.nightly)])
async def test_schemathesis_finds_no_failures(open_world: Opener, tmp_path: Path, budget_s: int) -> None:
    world = await open_world(rate_scale=1e6, login_attempts=10_000)
    ann = await world.player("ann")
    await (await sit_down(ann, "crash")).play(3)
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        str(world.client.make_url("/openapi.json")),
        "--header",
        f"Authorization: Bearer {ann.token}",
        "--checks",
        CHECKS,
        "--phases",
        "coverage,fuzzing",
        # Signing out would invalidate the token.
        "--exclude-path",
        "/api/v1/auth/logout",
        "--max-examples",
        "8",
        "--max-time",
        str(budget_s),
        "--seed",
        "1",
        "--no-shrink",
        "--continue-on-failure",
        "--no-color",
        "--warnings",
        "off",
        "--generation-database",
        "none",
        "--suppress-health-check",
        "all",
        "--request-timeout",
        "10",
    ]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    report, _ = await process.communicate()
    assert process.returncode == 0, report.decode()
