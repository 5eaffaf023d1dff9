"""Outgoing mail: a bounded queue, delivered in the background to an SMTP server or into a folder.

``server/mail_queue.py`` decides which mail is tried when; this module tries it.
"""

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
from server.mail_queue import Entry, MailQueue

log = logging.getLogger(__name__)

QUEUE_SIZE = 1_000
RETRY_AFTER_S = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0)
"""Long enough for mail servers that put off unknown senders, which take five minutes to an hour."""
AT_ONCE = 4
DRAIN_S = 5.0
OUTBOX_MAILS = 1_000
"""How many mails the outbox folder keeps."""


class Mail(Struct, frozen=True):
    """A mail with the same content as plain text and as HTML."""

    to: str
    subject: str
    text: str
    html: str


class Mailer(ABC):
    """Queues mails and delivers up to ``at_once`` at a time in the background.

    Mails that can't be delivered are logged without their text and address, because the text contains tokens.
    """

    def __init__(
        self,
        sender: str,
        clock: Clock,
        retry_after_s: Sequence[float] = RETRY_AFTER_S,
        queue_size: int = QUEUE_SIZE,
        at_once: int = AT_ONCE,
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._at_once = at_once
        self._queue: MailQueue[Mail] = MailQueue(queue_size, at_once, retry_after_s)
        self._workers: list[asyncio.Task[None]] = []
        self._trying = 0
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_closing = False

    def send(self, mail: Mail) -> bool:
        """Queue a mail. Returns False, and drops the mail, if the queue is full."""
        if not self._workers:
            self._workers = [asyncio.create_task(self._work(), name="mailer") for _ in range(self._at_once)]
        dropped = self._queue.put(mail)
        if dropped is not None:
            log.error("mail dropped, the queue is full: %s", dropped.subject)
        if dropped is mail:
            return False
        self._idle.clear()
        self._changed.set()
        return True

    async def drain(self) -> None:
        """Wait until every queued mail is delivered or given up."""
        await self._idle.wait()

    async def close(self, timeout_s: float = DRAIN_S) -> None:
        """Try to deliver each queued mail once more, within ``timeout_s``; then stop."""
        self._is_closing = True
        self._queue.make_all_due()
        self._changed.set()
        if not self._workers:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), timeout_s)
        left = len(self._queue) + self._trying
        if left:
            log.error("mails that were not sent, because the server stops: %d", left)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _work(self) -> None:
        now_s = asyncio.get_running_loop().time
        while True:
            entry = self._queue.take(now_s())
            if entry is not None:
                self._trying += 1
                try:
                    await self._try(entry)
                finally:
                    self._trying -= 1
                self._changed.set()
                if not len(self._queue) and not self._trying:
                    self._idle.set()
                continue
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._queue.wait_s(now_s()))

    async def _try(self, entry: Entry[Mail]) -> None:
        subject = entry.mail.subject
        try:
            await self._deliver(compose(entry.mail, self._sender, utc(self._clock.now_ms())))
        except Exception as error:
            if _is_final(error):
                self._queue.done(entry)
                log.error("mail dropped, it can't be delivered: %s: %s", subject, _reason(error))
                return
            pause_s = self._queue.put_off(entry, asyncio.get_running_loop().time())
            if pause_s is not None:
                log.warning("mail delayed, next try in %g s: %s: %s", pause_s, subject, _reason(error))
            elif self._is_closing:
                log.error(
                    "mail not sent, because the server stops before its next try: %s: %s", subject, _reason(error)
                )
            else:
                log.error("mail dropped after %d tries: %s: %s", entry.tries + 1, subject, _reason(error))
        else:
            self._queue.done(entry)

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
    """Writes each mail to a file in a folder, for machines without a mail server. The folder keeps the newest ``keep``
    mails."""

    def __init__(self, folder: Path, sender: str, clock: Clock, keep: int = OUTBOX_MAILS) -> None:
        super().__init__(sender, clock, (), at_once=1)
        self.folder = folder
        self._keep = keep
        self._number = itertools.count(1)

    async def _deliver(self, message: EmailMessage) -> None:
        number = next(self._number)
        await asyncio.to_thread(self._write, message, number)
        if (number - 1) % max(1, self._keep // 10) == 0:
            await asyncio.to_thread(self._tidy)

    def _tidy(self) -> None:
        """Delete all but the newest mails, and what an interrupted write left."""
        old = sorted(self.folder.glob("*.eml"))[: -self._keep]
        for file in [*old, *self.folder.glob("*.part")]:
            file.unlink(missing_ok=True)

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
    if isinstance(error, ValueError):  # The mail itself can't be composed.
        return True
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= 500 for refused in error.recipients)
    return isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 500


def _reason(error: Exception) -> str:
    code = getattr(error, "code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
