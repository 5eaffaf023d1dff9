"""Mail to a real SMTP server and to the outbox, and mails that can't be delivered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from msgspec.structs import replace

from server.clock import SystemClock, utc
from server.config import Config
from server.mail import Mail, Mailer, OutboxMailer, SmtpMailer, compose, mailer_of, read_outbox
from tests.waiting import eventually

SENDER = "Croupier <croupier@campus.example>"
MAIL = Mail(
    to="ann@campus.example",
    subject="Bestätige — please",
    text="Hello Ann,\n\nhttps://play.example/verify?token=SECRET-1\n",
    html='<p>Hello Ann, <a href="https://play.example/verify?token=SECRET-1">here</a></p>',
)


class FakeSmtpServer:
    """An SMTP server in this event loop. It answers with the ``refusals`` first and accepts mails after them. It puts
    off the recipients in ``puts_off`` each time."""

    def __init__(self) -> None:
        self.puts_off: set[str] = set()
        self.asked: list[str] = []
        self.accepted: list[EmailMessage] = []
        self.refusals: list[str] = []
        self.logins: list[bytes] = []
        self.port = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, to: str, _options: Any) -> str:
        self.asked.append(to)
        if to in self.puts_off:
            return "450 4.1.2 Domain not found"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.accepted.append(message)
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        self.logins += [login.login, login.password]
        return AuthResult(success=True)


@pytest.fixture
async def smtp_server() -> AsyncIterator[FakeSmtpServer]:
    smtp_server = FakeSmtpServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(smtp_server, authenticator=smtp_server.authenticate, auth_require_tls=False, loop=loop),
        "127.0.0.1",
        0,
    )
    smtp_server.port = server.sockets[0].getsockname()[1]
    yield smtp_server
    server.close()
    await server.wait_closed()


def smtp(port: int, retry_after_s: tuple[float, ...] = (), user: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{user}127.0.0.1:{port}", SENDER, SystemClock(), retry_after_s)


async def test_a_mail_arrives_complete(smtp_server: FakeSmtpServer) -> None:
    mailer = smtp(smtp_server.port)
    assert mailer.send(MAIL)
    await mailer.drain()
    await mailer.close()
    [message] = smtp_server.accepted
    assert (message["To"], message["From"], message["Subject"]) == (MAIL.to, SENDER, MAIL.subject)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@campus.example>")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == MAIL.text
    assert "SECRET-1" in html.get_content()


async def test_credentials_are_used(smtp_server: FakeSmtpServer) -> None:
    mailer = smtp(smtp_server.port, user="us%40er:p%3Ass@")
    mailer.send(MAIL)
    await mailer.drain()
    await mailer.close()
    assert (smtp_server.logins, len(smtp_server.accepted)) == ([b"us@er", b"p:ss"], 1)


async def test_a_temporary_refusal_is_retried(smtp_server: FakeSmtpServer, caplog: pytest.LogCaptureFixture) -> None:
    smtp_server.refusals = ["451 busy", "451 busy"]
    mailer = smtp(smtp_server.port, (0.001, 0.001, 0.001))
    mailer.send(MAIL)
    await mailer.drain()
    await mailer.close()
    assert len(smtp_server.accepted) == 1
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("reply", ["550 never", "554 spam"])
async def test_a_permanent_refusal_is_not_retried(
    smtp_server: FakeSmtpServer, caplog: pytest.LogCaptureFixture, reply: str
) -> None:
    smtp_server.refusals = [reply]
    mailer = smtp(smtp_server.port, (60.0,))
    mailer.send(MAIL)
    await mailer.drain()
    await mailer.close()
    assert smtp_server.accepted == []
    assert "SMTPDataError" in caplog.text
    assert "SECRET" not in caplog.text
    assert MAIL.to not in caplog.text


async def test_without_a_server_the_mail_is_dropped_after_the_retries(
    unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    mailer = smtp(unused_tcp_port, (0.001,))
    mailer.send(MAIL)
    await mailer.drain()
    await mailer.close()
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]
    assert "mail dropped after 2 tries: " in caplog.text


async def test_a_recipient_that_is_put_off_delays_nobody_else(smtp_server: FakeSmtpServer) -> None:
    """It once stopped all mail for two and a half minutes."""
    late = [f"late{n}@nowhere.example" for n in range(10)]
    smtp_server.puts_off = set(late)
    mailer = smtp(smtp_server.port, (3600.0,))
    for to in late:
        mailer.send(replace(MAIL, to=to))
    await eventually(lambda: len(smtp_server.asked) == 10)
    mailer.send(MAIL)
    await eventually(lambda: len(smtp_server.accepted) == 1)
    smtp_server.puts_off = set()
    await mailer.close()
    assert len(smtp_server.accepted) == 11


class BlockedMailer(Mailer):
    """Delivers nothing until ``go`` is set; then every delivery calls ``fails``."""

    def __init__(self, retry_after_s: tuple[float, ...] = (), queue_size: int = 10, at_once: int = 4) -> None:
        super().__init__(SENDER, SystemClock(), retry_after_s, queue_size, at_once)
        self.go = asyncio.Event()
        self.tries = 0
        self.fails: Callable[[], None] = lambda: None

    async def _deliver(self, message: EmailMessage) -> None:
        self.tries += 1
        await self.go.wait()
        self.fails()


async def test_a_full_queue_drops_mails_at_once(caplog: pytest.LogCaptureFixture) -> None:
    mailer = BlockedMailer(queue_size=3)
    assert [mailer.send(MAIL) for _ in range(5)] == [True, True, True, False, False]
    assert "dropped" in caplog.text
    mailer.go.set()
    await mailer.close()
    assert mailer.tries == 3


async def test_closing_gives_up_after_the_timeout(caplog: pytest.LogCaptureFixture) -> None:
    mailer = BlockedMailer(at_once=1)
    mailer.send(MAIL)
    mailer.send(MAIL)
    await mailer.close(timeout_s=0.01)
    assert "mails that were not sent, because the server stops: 2" in caplog.text


async def test_several_mails_are_delivered_at_once() -> None:
    mailer = BlockedMailer()
    for _ in range(10):
        mailer.send(MAIL)
    await eventually(lambda: mailer.tries == 4)
    mailer.go.set()
    await mailer.drain()
    assert mailer.tries == 10
    await mailer.close()


async def test_a_mail_that_can_not_be_composed_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    mailer = BlockedMailer((3600.0,), at_once=1)
    mailer.go.set()
    mailer.send(replace(MAIL, to="a@b.example\nBcc: x@y.example"))
    mailer.send(MAIL)
    await mailer.drain()
    assert mailer.tries == 1
    assert "mail dropped, it can't be delivered: " in caplog.text
    await mailer.close()


async def test_closing_ends_the_wait_before_a_retry(caplog: pytest.LogCaptureFixture) -> None:
    mailer = BlockedMailer((3600.0,))

    def fail() -> None:
        raise OSError(5, "input/output")

    mailer.go.set()
    mailer.fails = fail
    mailer.send(MAIL)
    while not caplog.records:
        await asyncio.sleep(0)
    await mailer.close()
    assert mailer.tries == 2
    said = f"mail not sent, because the server stops before its next try: {MAIL.subject}: OSError 5"
    assert caplog.records[-1].getMessage() == said
    assert "dropped" not in caplog.text


async def test_the_outbox_keeps_mails_as_private_files(tmp_path: Path) -> None:
    config = Config(var=str(tmp_path), mail_from=SENDER)
    mailer = mailer_of(config, SystemClock())
    assert isinstance(mailer, OutboxMailer)
    assert read_outbox(mailer.folder) == []
    for number in range(3):
        mailer.send(Mail(to=f"u{number}@campus.example", subject=f"Number {number}", text=MAIL.text, html=MAIL.html))
    await mailer.close()
    mails = read_outbox(mailer.folder, limit=2)
    assert [sent.to for sent in mails] == ["u2@campus.example", "u1@campus.example"]
    assert mails[0].links == ["https://play.example/verify?token=SECRET-1"]
    files = sorted(mailer.folder.iterdir())
    assert {file.suffix for file in files} == {".eml"}
    assert files[0].stat().st_mode & 0o077 == 0


async def test_the_outbox_keeps_a_bounded_number_of_mails(tmp_path: Path) -> None:
    mailer = OutboxMailer(tmp_path / "outbox", SENDER, SystemClock(), keep=5)
    mailer.folder.mkdir()
    (mailer.folder / "interrupted.part").touch()
    for number in range(12):
        mailer.send(replace(MAIL, subject=f"Number {number}"))
    await mailer.close()
    assert [sent.subject for sent in read_outbox(mailer.folder)] == [f"Number {n}" for n in (11, 10, 9, 8, 7)]
    assert len(list(mailer.folder.iterdir())) == 5


async def test_an_address_can_not_choose_the_path_of_its_file(tmp_path: Path) -> None:
    mailer = OutboxMailer(tmp_path / "outbox", SENDER, SystemClock())
    mailer.send(Mail(to='"/../../x"@campus.example', subject="x", text="x", html="x"))
    await mailer.close()
    assert [file.parent for file in tmp_path.rglob("*.eml")] == [mailer.folder]


@pytest.mark.parametrize("url", ["http://x.example", "smtp://", "smtp://x.example:99999", "x.example"])
def test_invalid_mail_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"mail URL|[Pp]ort"):
        SmtpMailer(url, SENDER, SystemClock())


def test_a_mail_url_selects_smtp() -> None:
    assert isinstance(mailer_of(Config(mail_url="smtps://mail.example"), SystemClock()), SmtpMailer)


def test_an_address_can_not_inject_headers() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(Mail(to="a@b.example\nBcc: x@y.example", subject="s", text="t", html="h"), SENDER, utc(0))
