"""Mail to a real SMTP server and into the outbox, and what happens when neither takes it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from server import mail
from server.clock import SystemClock, utc
from server.config import Config
from server.mail import Mail, Mailer, OutboxMailer, SmtpMailer, compose, mailer_of, read_outbox

SENDER = "Croupier <croupier@campus.example>"
LETTER = Mail(
    "ann@campus.example",
    "Bestätige — please",
    "Hello Ann,\n\nhttps://play.example/verify?token=SECRET-1\n",
    '<p>Hello Ann, <a href="https://play.example/verify?token=SECRET-1">here</a></p>',
)


class Post:
    """An SMTP server in this loop; refuses with the replies it is given, as long as there are any."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusals: list[str] = []
        self.logins: list[bytes] = []
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 taken"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        self.logins += [login.login, login.password]
        return AuthResult(success=True)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    post = Post()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(post, authenticator=post.authenticate, auth_require_tls=False, loop=loop), "127.0.0.1", 0
    )
    post.port = server.sockets[0].getsockname()[1]
    yield post
    server.close()
    await server.wait_closed()


def smtp(port: int, retry_after_s: tuple[float, ...] = (), user: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{user}127.0.0.1:{port}", SENDER, SystemClock(), retry_after_s)


async def test_a_letter_arrives_whole(post: Post) -> None:
    mailer = smtp(post.port)
    assert mailer.send(LETTER)
    await mailer.drain()
    await mailer.close()
    [message] = post.taken
    assert (message["To"], message["From"], message["Subject"]) == (LETTER.to, SENDER, LETTER.subject)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@campus.example>")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert "SECRET-1" in html.get_content()


async def test_credentials_are_used(post: Post) -> None:
    mailer = smtp(post.port, user="us%40er:p%3Ass@")
    mailer.send(LETTER)
    await mailer.drain()
    await mailer.close()
    assert (post.logins, len(post.taken)) == ([b"us@er", b"p:ss"], 1)


async def test_a_temporary_refusal_is_tried_again(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    post.refusals = ["451 busy", "451 busy"]
    mailer = smtp(post.port, (0.001, 0.001, 0.001))
    mailer.send(LETTER)
    await mailer.drain()
    await mailer.close()
    assert len(post.taken) == 1
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("reply", ["550 never", "554 spam"])
async def test_a_final_refusal_is_not(post: Post, caplog: pytest.LogCaptureFixture, reply: str) -> None:
    post.refusals = [reply]
    mailer = smtp(post.port, (60.0,))
    mailer.send(LETTER)
    await mailer.drain()
    await mailer.close()
    assert post.taken == []
    assert "SMTPDataError" in caplog.text
    assert "SECRET" not in caplog.text
    assert LETTER.to not in caplog.text


async def test_no_server(unused_tcp_port: int, caplog: pytest.LogCaptureFixture) -> None:
    mailer = smtp(unused_tcp_port, (0.001,))
    mailer.send(LETTER)
    await mailer.drain()
    await mailer.close()
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]


class Stuck(Mailer):
    """Takes its time, as long as it is told to."""

    def __init__(self, retry_after_s: tuple[float, ...] = ()) -> None:
        super().__init__(SENDER, SystemClock(), retry_after_s)
        self.go = asyncio.Event()
        self.tries = 0
        self.fails: Callable[[], None] = lambda: None

    async def _deliver(self, message: EmailMessage) -> None:
        self.tries += 1
        await self.go.wait()
        self.fails()


async def test_a_full_queue_refuses_and_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mail, "QUEUE", 3)
    mailer = Stuck()
    assert [mailer.send(LETTER) for _ in range(5)] == [True, True, True, False, False]
    assert "dropped" in caplog.text
    mailer.go.set()
    await mailer.close()
    assert mailer.tries == 3


async def test_closing_does_not_wait_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    mailer = Stuck()
    mailer.send(LETTER)
    mailer.send(LETTER)
    await mailer.close(timeout_s=0.01)
    assert "1 mails were not delivered" in caplog.text


async def test_closing_cuts_the_wait_between_tries_short(caplog: pytest.LogCaptureFixture) -> None:
    mailer = Stuck((3600.0,))

    def fail() -> None:
        raise OSError(5, "input/output")

    mailer.go.set()
    mailer.fails = fail
    mailer.send(LETTER)
    while not caplog.records:
        await asyncio.sleep(0)
    await mailer.close()
    assert mailer.tries == 2
    assert "OSError 5" in caplog.text


async def test_the_outbox(tmp_path: Path) -> None:
    config = Config(var=str(tmp_path), mail_from=SENDER)
    mailer = mailer_of(config, SystemClock())
    assert isinstance(mailer, OutboxMailer)
    assert read_outbox(mailer.folder) == []
    for number in range(3):
        mailer.send(Mail(f"u{number}@campus.example", f"Number {number}", LETTER.text, LETTER.html))
    await mailer.close()
    mails = read_outbox(mailer.folder, limit=2)
    assert [sent.to for sent in mails] == ["u2@campus.example", "u1@campus.example"]
    assert mails[0].links == ["https://play.example/verify?token=SECRET-1"]
    files = sorted(mailer.folder.iterdir())
    assert {file.suffix for file in files} == {".eml"}
    assert files[0].stat().st_mode & 0o077 == 0


async def test_an_address_makes_no_path(tmp_path: Path) -> None:
    mailer = OutboxMailer(tmp_path / "outbox", SENDER, SystemClock())
    mailer.send(Mail('"/../../x"@campus.example', "x", "x", "x"))
    await mailer.close()
    assert [file.parent for file in tmp_path.rglob("*.eml")] == [mailer.folder]


@pytest.mark.parametrize("url", ["http://x.example", "smtp://", "smtp://x.example:99999", "x.example"])
def test_what_is_no_mail_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"mail URL|[Pp]ort"):
        SmtpMailer(url, SENDER, SystemClock())


def test_smtp_where_there_is_a_url() -> None:
    assert isinstance(mailer_of(Config(mail_url="smtps://mail.example"), SystemClock()), SmtpMailer)


def test_no_header_can_be_slipped_in() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(Mail("a@b.example\nBcc: x@y.example", "s", "t", "h"), SENDER, utc(0))
