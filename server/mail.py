"""Outgoing mail: a bounded queue, delivered in the background to an SMTP server or into a folder."""

import asyncio
import itertools
import logging
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote

import aiosmtplib
from msgspec import Struct

from server.clock import Clock, utc
from server.config import Config, mail_server

log = logging.getLogger(__name__)

QUEUE_SIZE = 1_000
RETRY_AFTER_S = (1.0, 5.0, 30.0, 120.0)
DRAIN_S = 5.0


class Mail(Struct, frozen=True):
    """A mail with the same content as plain text and as HTML."""

    to: str
    subject: str
    text: str
    html: str


class Mailer(ABC):
    """Queues mails and delivers them one after another in the background.

    Mails that can't be delivered are logged without their text and address, because the text contains tokens.
    """

    def __init__(
        self,
        sender: str,
        clock: Clock,
        retry_after_s: Sequence[float] = RETRY_AFTER_S,
        queue_size: int = QUEUE_SIZE,
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._retry_after_s = retry_after_s
        self._queue: asyncio.Queue[Mail] = asyncio.Queue(queue_size)
        self._worker: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def send(self, mail: Mail) -> bool:
        """Queue a mail. Returns False, and drops the mail, if the queue is full."""
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="mailer")
        try:
            self._queue.put_nowait(mail)
        except asyncio.QueueFull:
            log.error("mail dropped, the queue is full: %s", mail.subject)
            return False
        return True

    async def drain(self) -> None:
        """Wait until every queued mail is delivered or given up."""
        await self._queue.join()

    async def close(self, timeout_s: float = DRAIN_S) -> None:
        """Try to deliver each queued mail once more, within ``timeout_s``; then stop."""
        self._closing.set()
        if self._worker is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), timeout_s)
        if not self._queue.empty():
            log.error("mails dropped at shutdown: %d", self._queue.qsize())
        self._worker.cancel()
        with suppress(asyncio.CancelledError):
            await self._worker

    async def _work(self) -> None:
        while True:
            mail = await self._queue.get()
            try:
                await self._deliver_with_retries(mail)
            finally:
                self._queue.task_done()

    async def _deliver_with_retries(self, mail: Mail) -> None:
        message = compose(mail, self._sender, utc(self._clock.now_ms()))
        for wait_s in (*self._retry_after_s, None):
            try:
                await self._deliver(message)
                return
            except Exception as error:
                if wait_s is None or self._closing.is_set() or _is_final(error):
                    log.error("mail dropped: %s: %s", mail.subject, _reason(error))
                    return
                log.warning("mail delayed, next try in %g s: %s: %s", wait_s, mail.subject, _reason(error))
            await self._pause(wait_s)

    async def _pause(self, wait_s: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), wait_s)

    @abstractmethod
    async def _deliver(self, message: EmailMessage) -> None: ...


class SmtpMailer(Mailer):
    """Delivers to an SMTP server: ``smtp://user:password@host:port`` (STARTTLS if offered) or ``smtps://…``."""

    def __init__(self, url: str, sender: str, clock: Clock, retry_after_s: Sequence[float] = RETRY_AFTER_S) -> None:
        super().__init__(sender, clock, retry_after_s)
        self._url = mail_server(url)

    async def _deliver(self, message: EmailMessage) -> None:
        url = self._url
        await aiosmtplib.send(
            message,
            hostname=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            timeout=20,
        )


class OutboxMailer(Mailer):
    """Writes each mail to a file in a folder, for machines without a mail server."""

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        super().__init__(sender, clock, ())
        self.folder = folder
        self._number = itertools.count(1)

    async def _deliver(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message, next(self._number))

    def _write(self, message: EmailMessage, number: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        to = re.sub(r"[^A-Za-z0-9.@_-]", "_", str(message["To"]))[:80]
        name = f"{utc(self._clock.now_ms()):%Y%m%d-%H%M%S-%f}-{number:04}-{to}"
        unfinished = self.folder / f"{name}.part"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
        unfinished.rename(self.folder / f"{name}.eml")


def mailer_of(config: Config, clock: Clock) -> Mailer:
    """A mailer for the SMTP server in the settings, or for the outbox folder if there is none. Raises ValueError."""
    if config.mail_url:
        return SmtpMailer(config.mail_url, config.mail_from, clock)
    return OutboxMailer(outbox_folder(config), config.mail_from, clock)


def outbox_folder(config: Config) -> Path:
    return Path(config.var) / "outbox"


def compose(mail: Mail, sender: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip(" >") or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


class SentMail(Struct, frozen=True):
    """A mail in the outbox folder."""

    to: str
    subject: str
    date: str
    text: str
    links: list[str]


def read_outbox(folder: Path, limit: int = 50) -> list[SentMail]:
    """The last ``limit`` mails, newest first. Blocks."""
    files = sorted(folder.glob("*.eml"), reverse=True)[:limit] if folder.is_dir() else []
    return [_read(file.read_bytes()) for file in files]


def _read(raw: bytes) -> SentMail:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    links = re.findall(r"https?://\S+", text)
    return SentMail(
        to=str(message["To"]), subject=str(message["Subject"]), date=str(message["Date"]), text=text, links=links
    )


def _is_final(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= 500 for refused in error.recipients)
    return isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 500


def _reason(error: Exception) -> str:
    code = getattr(error, "code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
