"""Dockerfile and compose.yaml, checked as far as that is possible without Docker."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from devtools.services import die_with_parent, free_port, postgres_binaries, redis_binary
from scripts.wheel_hook import is_built
from server.config import load
from server.web.health import ROUTES
from tests.distribution.conftest import ROOT, build_wheel, environment, running

IMAGE_FOLDER = "/var/lib/croupier"


@dataclass
class Stage:
    """One stage of the Dockerfile: its instructions in order, with the text after each."""

    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [text for name, text in self.instructions if name == word]

    def one(self, word: str) -> str:
        [text] = self.all(word)
        return text

    def copied(self) -> list[tuple[str | None, list[str], str]]:
        """Each COPY: the stage that it copies from (None: the checkout), the sources and the target."""
        found = []
        for text in self.all("COPY"):
            origin = re.match(r"--from=(\S+) ", text)
            *sources, target = text.removeprefix(origin.group() if origin else "").split()
            found.append((origin[1] if origin else None, sources, target))
        return found

    def environment(self) -> dict[str, str]:
        return dict(part.split("=", 1) for text in self.all("ENV") for part in text.split())


def read_dockerfile() -> list[Stage]:
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    stages: list[Stage] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, text = line.partition(" ")
        if word == "FROM":
            stages.append(Stage(text.partition(" AS ")[2]))
        else:
            stages[-1].instructions.append((word, text.strip()))
    return stages


STAGES = read_dockerfile()
CLIENT, SERVER, IMAGE = STAGES
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())


def is_sent_to_docker(path: str) -> bool:
    """Whether .dockerignore lets the path into the build; its last matching line decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and (fnmatch(path, pattern) or path.startswith(f"{pattern}/")):
            sent = line.startswith("!")
    return sent


# ---- Dockerfile ----


def test_everything_that_is_copied_exists_and_is_sent() -> None:
    names = [stage.name for stage in STAGES]
    for stage in STAGES:
        for origin, sources, _target in stage.copied():
            if origin is None:
                for source in sources:
                    assert (ROOT / source).exists(), source
                    assert is_sent_to_docker(source), source
            else:
                assert origin in names[: STAGES.index(stage)]


def test_only_files_that_the_image_copies_are_sent_to_docker() -> None:
    copied = {source for stage in STAGES for origin, sources, _ in stage.copied() if not origin for source in sources}
    sent = {path for path in (ROOT / ".dockerignore").read_text().splitlines() if path.startswith("!")}
    assert sent == {f"!{source}" for source in copied}
    assert not is_sent_to_docker(".env")
    assert not is_sent_to_docker("var/croupier.db")


def test_the_image_builds_the_same_wheel_as_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """The build stage's last command, run with nothing but the files that the stage has."""
    assert SERVER.all("RUN")[-1] == "/opt/croupier/bin/pip install --no-cache-dir --no-deps ."
    source = tmp_path / "src"
    for origin, sources, target in SERVER.copied():
        for each in sources:
            path = ROOT / Path(each).relative_to("/src") if origin == "client" else ROOT / each
            if path.is_dir():
                left_out = shutil.ignore_patterns("__pycache__", "client_build")  # as in .dockerignore
                shutil.copytree(path, source / target, ignore=left_out)
            else:
                (source / target).mkdir(parents=True, exist_ok=True)
                shutil.copy(path, source / target)
    built = build_wheel(source, tmp_path)
    assert set(zipfile.ZipFile(built).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_the_commands_of_the_image_build_the_client(tmp_path: Path) -> None:
    """Installing is only tried. The build gets the packages of the checkout."""
    for _, sources, target in CLIENT.copied():
        for source in sources:
            folder = tmp_path / target
            folder.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, folder)
    npm = [str(ROOT / "scripts" / "npm"), "--prefix", str(tmp_path)]
    install, build = (command.removeprefix("npm ").split() for command in CLIENT.all("RUN"))
    subprocess.run([*npm, *install, "--dry-run", "--offline"], check=True, capture_output=True)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    subprocess.run([*npm, *build], check=True, capture_output=True)
    assert is_built(tmp_path)


def test_the_image_does_not_run_as_root() -> None:
    assert IMAGE.one("USER") == "croupier"
    assert f"--home-dir {IMAGE_FOLDER} croupier" in IMAGE.one("RUN")


def test_the_settings_of_the_image_are_settings() -> None:
    settings = {name: value for name, value in IMAGE.environment().items() if name.startswith("CROUPIER_")}
    config = load(settings, env_file="")
    assert str(config.port) == IMAGE.one("EXPOSE")
    assert config.host == "0.0.0.0"
    assert config.var == IMAGE.one("VOLUME") == IMAGE.one("WORKDIR") == IMAGE_FOLDER


def test_the_image_starts_and_is_healthy(installed: Path, tmp_path: Path) -> None:
    """Entry point and health check run as they are, but on a free port of loopback and in another folder."""
    [program] = json.loads(IMAGE.one("ENTRYPOINT"))
    command = [str(installed / program), *json.loads(IMAGE.one("CMD"))]
    check = json.loads(IMAGE.one("HEALTHCHECK").partition(" CMD ")[2])
    assert check[0] == "python"
    assert any(f"'{route.path}'" in check[2] for route in ROUTES)
    port = str(free_port())
    settings = {"CROUPIER_PORT": port, "CROUPIER_VAR": str(tmp_path), "CROUPIER_HOST": "127.0.0.1"}
    with running(command, tmp_path, **settings):
        subprocess.run([sys.executable, *check[1:]], env=environment(CROUPIER_PORT=port), check=True)
    failed = subprocess.run(
        [sys.executable, *check[1:]], env=environment(CROUPIER_PORT=port), capture_output=True, check=False
    )
    assert failed.returncode != 0


# ---- compose.yaml ----


def services(profile: str | None) -> dict[str, dict[str, Any]]:
    return {
        name: service
        for name, service in COMPOSE["services"].items()
        if service.get("profiles") == (None if profile is None else [profile])
    }


def filled(text: str) -> str:
    """The text with the default of each variable."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def test_compose_has_the_form_of_a_compose_file() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    subprocess.run([*check, str(ROOT / "compose.yaml")], check=True)


def test_one_node_starts_by_default_and_a_cluster_in_its_profile() -> None:
    assert list(services(None)) == ["croupier"]
    assert set(services("cluster")) == {"proxy", "node-1", "node-2", "migrate", "postgres", "redis"}


def test_services_refer_to_files_volumes_and_services_that_exist() -> None:
    for name, service in COMPOSE["services"].items():
        assert service.get("build") == "." or ":" in service["image"], name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert (ROOT / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"]
        for other, condition in service.get("depends_on", {}).items():
            assert other in COMPOSE["services"]
            if condition["condition"] == "service_healthy":
                assert COMPOSE["services"][other].get("build") or COMPOSE["services"][other]["healthcheck"]
        assert set(service.get("networks", {})) <= set(COMPOSE["networks"])


@pytest.mark.parametrize("name", ["croupier", "node-1", "node-2", "migrate"])
def test_the_settings_of_a_node_are_settings(name: str) -> None:
    service = COMPOSE["services"][name]
    config = load({variable: filled(value) for variable, value in service["environment"].items()}, env_file="")
    assert f":{IMAGE_FOLDER}" in service["volumes"][0]
    published = {"croupier": "croupier"}.get(name, "proxy")
    [ports] = COMPOSE["services"][published]["ports"]
    assert config.public_url == f"http://localhost:{ports.partition(':')[0]}"
    if name != "croupier":
        assert config.redis_url
        assert config.database_url
        assert config.trusted_proxies == (COMPOSE["networks"]["cluster"]["ipam"]["config"][0]["subnet"],)


def test_the_proxy_knows_the_nodes() -> None:
    proxy = COMPOSE["services"]["proxy"]
    variables = set(re.findall(r"\$\{(\w+)\}", (ROOT / "deploy" / "haproxy.cfg").read_text()))
    assert variables == set(proxy["environment"])
    port = IMAGE.one("EXPOSE")
    for number in (1, 2):
        address = COMPOSE["services"][f"node-{number}"]["networks"]["cluster"]["ipv4_address"]
        assert proxy["environment"][f"NODE_{number}"] == f"{address}:{port}"
    assert proxy["ports"] == [f"8090{proxy['environment']['LISTEN']}"]


def test_postgresql_accepts_its_command(tmp_path: Path) -> None:
    """PostgreSQL reads its options and the mounted file, and prints settings instead of starting."""
    service = COMPOSE["services"]["postgres"]
    program, *options = service["command"]
    target = next(volume.split(":")[1] for volume in service["volumes"] if volume.startswith("./deploy/"))
    options = [option.replace(target, str(ROOT / "deploy" / "postgresql.conf")) for option in options]
    for name, value in {"listen_addresses": "*", "synchronous_commit": "on", "max_connections": "100"}.items():
        # First -C: only then root may run it.
        command = [str(postgres_binaries(tmp_path) / program), "-C", name, "-D", str(tmp_path), *options]
        assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == value


def test_redis_starts_with_its_command(tmp_path: Path) -> None:
    service = COMPOSE["services"]["redis"]
    _, config, *options = service["command"]
    target = next(volume.split(":")[1] for volume in service["volumes"] if volume.startswith("./deploy/"))
    assert config == target
    port = str(free_port())
    at = options.index("--bind") + 1
    options = [filled(option) for option in (*options[:at], "127.0.0.1", *options[at + 1 :])]
    command = [redis_binary(), str(ROOT / "deploy" / "redis.conf"), *options, "--port", port, "--dir", str(tmp_path)]
    with subprocess.Popen(die_with_parent(command), stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert any("Ready to accept connections" in line for line in server.stdout)
            password = filled(service["environment"]["REDISCLI_AUTH"])
            with redis.Redis(port=int(port), password=password) as client:
                assert client.ping()
        finally:
            server.terminate()
