"""Settings: every default works, and every invalid value gives one clear line."""

from pathlib import Path

import pytest

from server.config import Config, ConfigError, load, load_with_sources


def read(tmp_path: Path, **environ: str) -> Config:
    return load({f"CROUPIER_{name}": text for name, text in environ.items()}, str(tmp_path / ".env"))


def test_every_default_works(tmp_path: Path) -> None:
    config = read(tmp_path)
    assert config == Config()
    assert config.database() == "sqlite:///var/croupier.db"
    assert config.origin() == "http://127.0.0.1:8080"


def test_values_have_a_source(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("CROUPIER_PORT=9000\nCROUPIER_DEMO=true\n# a comment\nOTHER=1\n")
    environ = {"CROUPIER_PORT": "9001", "CROUPIER_EMAIL_DOMAINS": "a.example, b.example,", "HOME": "/nowhere"}
    config, sources = load_with_sources(environ, str(file), host="0.0.0.0")
    assert (config.port, config.demo, config.host) == (9001, True, "0.0.0.0")
    assert config.email_domains == ("a.example", "b.example")
    assert [sources[name] for name in ("port", "demo", "host", "var")] == [
        "environment",
        str(file),
        "command line",
        "default",
    ]


def test_the_state_folder_may_have_any_name(tmp_path: Path) -> None:
    assert read(tmp_path, VAR="a%20b?#c").database() == "sqlite:///a%2520b%3F%23c/croupier.db"


def test_the_public_url_is_the_origin(tmp_path: Path) -> None:
    assert read(tmp_path, PUBLIC_URL="https://play.example/").origin() == "https://play.example"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PUBLIC_URL", "https://play.example/"),
        ("PUBLIC_URL", "http://[::1]:8080"),
        ("ALLOWED_ORIGINS", "http://localhost:3000, https://xn--exmple-cua.example"),
        ("EMAIL_DOMAINS", "campus.example,localhost"),
        ("MAIL_FROM", "Grüße vom Croupier <croupier@play.example>"),
        ("MAIL_FROM", "croupier@localhost"),
        ("MAIL_URL", "smtps://user:p%40ss@[::1]:465"),
    ],
)
def test_valid_values_are_accepted(tmp_path: Path, name: str, text: str) -> None:
    read(tmp_path, **{name: text})


def test_an_ipv6_address_in_a_url_has_brackets(tmp_path: Path) -> None:
    assert read(tmp_path, HOST="::1").origin() == "http://[::1]:8080"


def test_the_error_for_a_mail_url_hides_the_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, MAIL_URL="smtp://user:secret@mail.example:x")
    assert "secret" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("PORT", "http://10.0.0.1:80"),
        ("SERVICE", "10.0.0.1"),
        ("HOST_PORT", "8080"),
        ("BCRYPT_COST", "3"),
        ("LOG_LEVEL", "LOUD"),
        ("NONSENSE", "1"),
        ("ROLL_NUMBER_PATTERN", "("),
        ("MIN_STAKE", "100001"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy.example"),
        ("MAIL_URL", "http://mail.example"),
        ("MAIL_URL", "mail.example:25"),
        ("MAIL_URL", "smtp://mail.example:70000"),
        ("MAIL_URL", "smtp://mail.example:smtp"),
        ("MAIL_URL", "smtp://[mail.example"),
        ("MAIL_FROM", "Croupier <croupier@play.example>\nBcc: x@y.example"),
        ("MAIL_FROM", "Croupier"),
        ("MAIL_FROM", ""),
        ("PUBLIC_URL", "play.example"),
        ("PUBLIC_URL", "play.example:8080"),
        ("PUBLIC_URL", "https://play.example/croupier"),
        ("PUBLIC_URL", "https://play.example; script-src *"),
        ("PUBLIC_URL", "https://play.example x"),
        ("PUBLIC_URL", "https://Play.example"),
        ("PUBLIC_URL", "https://play.example:70000"),
        ("PUBLIC_URL", "ftp://play.example"),
        ("ALLOWED_ORIGINS", "https://a.example/"),
        ("ALLOWED_ORIGINS", "https://a.example,https://b.example/x"),
        ("ALLOWED_ORIGINS", "*"),
        ("EMAIL_DOMAINS", "@campus.example"),
        ("EMAIL_DOMAINS", "campus.example,ann@lab.example"),
        ("EMAIL_DOMAINS", "exämple.example"),
    ],
)
def test_invalid_values_give_one_line_with_the_setting(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, **{name: text})
    assert f"CROUPIER_{name}" in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SERVICE_HOST", "10.0.0.1"),
        ("SERVICE_PORT", "8080"),
        ("SERVICE_PORT_HTTP", "8080"),
        ("PORT", "tcp://10.0.0.1:8080"),
        ("PORT", "udp://[fd00::1]:8080"),
        ("PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("PORT_8080_TCP_PROTO", "tcp"),
        ("PORT_8080_TCP_PORT", "8080"),
        ("PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("WEB_SERVICE_HOST", "10.0.0.1"),
        ("WEB_PORT", "tcp://10.0.0.1:8080"),
        ("WEB_PORT_8080_UDP_ADDR", "10.0.0.1"),
    ],
)
def test_variables_of_kubernetes_are_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, text: str
) -> None:
    assert read(tmp_path, **{name: text, "GRACE": "7"}) == Config(grace=7)
    assert len(caplog.records) == 1
    assert f"CROUPIER_{name}" in caplog.text


def test_all_variables_of_kubernetes_give_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read(tmp_path, SERVICE_HOST="10.0.0.1", SERVICE_PORT="1", PORT="tcp://10.0.0.1:1") == Config()
    assert len(caplog.records) == 1
    assert "CROUPIER_PORT, CROUPIER_SERVICE_HOST, CROUPIER_SERVICE_PORT" in caplog.text


def test_a_file_of_the_operator_has_only_settings(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CROUPIER_SERVICE_HOST=10.0.0.1\n")
    with pytest.raises(ConfigError, match="CROUPIER_SERVICE_HOST"):
        read(tmp_path)


def test_every_setting_has_a_meaning() -> None:
    for name, hint in Config.__annotations__.items():
        assert any(getattr(meta, "description", None) for meta in getattr(hint, "__metadata__", ())), name
