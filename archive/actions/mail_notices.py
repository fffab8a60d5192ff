"""Notices go out by mail, to those who have given an address."""

import smtplib
import ssl
import time
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import structlog
from sqlalchemy import Row, select, update

from archive.db import now
from archive.models.programme import Session
from archive.models.recording import Recording, State
from archive.models.users import Notice, User
from archive.parts import Parts

log = structlog.get_logger()
PATIENCE = 10.0  # seconds for an answer of the mail server
REST = 300.0  # seconds until a mail server that did not take any mail is asked again
AT_ONCE = 20  # mails in one round
TOO_OLD = timedelta(days=1)  # nobody is told by mail what happened before mail was set up
# What concerns one mail and not the server; the last but one: an address in letters it cannot take.
REFUSED = (
    *(smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError),
    *(smtplib.SMTPNotSupportedError, ValueError),
)

TEXTS = {
    "en": {
        "ready": "“{name}” is ready",
        "ready_text": "The work on the recording “{name}” of “{title}” is done:"
        " it can be played and searched.",
        "other": "“{name}” could not be finished",
        "other_text": "The work on the recording “{name}” of “{title}” has stopped."
        " Its page on the desk says why, and what can be done.",
        "why": "You get this mail because you uploaded the recording and gave this address."
        " You can change it on the desk.",
    },
    "de": {
        "ready": "„{name}“ ist fertig",
        "ready_text": "Die Arbeit an der Aufzeichnung „{name}“ von „{title}“ ist abgeschlossen:"
        " Sie lässt sich abspielen und durchsuchen.",
        "other": "„{name}“ konnte nicht fertiggestellt werden",
        "other_text": "Die Arbeit an der Aufzeichnung „{name}“ von „{title}“ ist stehen geblieben."
        " Auf der Seite des Beitrags in der Redaktion steht, warum und was zu tun ist.",
        "why": "Sie erhalten diese Mail, weil Sie die Aufzeichnung hochgeladen und diese Adresse"
        " angegeben haben. Sie können sie in der Redaktion ändern.",
    },
}


@dataclass(frozen=True)
class Post:
    """How mail is sent. host: empty where none is. security: none, starttls or tls."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str


_resting: dict[Post, float] = {}  # until when, by the clock of this process


def mail_notices(parts: Parts, post: Post) -> None:
    """Mails the notices that were not mailed yet, each once; what goes wrong is in the log.

    Of several workers only one mails a notice. One that could not be sent is tried again later.
    """
    if not post.host or _resting.get(post, 0.0) > time.monotonic():
        return
    try:
        waiting = _waiting(parts)
        if not waiting:
            return
        with _connected(post) as server:
            for notice in waiting:
                if _claimed(parts, notice.id):
                    _send(parts, post, server, notice)
    except Exception as error:  # the worker has other things to do
        log.warning("mail could not be sent", host=post.host, error=str(error))
        _resting[post] = time.monotonic() + REST


def _waiting(parts: Parts) -> list[Row]:
    with parts.sessions() as db:
        return list(
            db.execute(
                select(
                    *(Notice.id, Notice.state, User.email),
                    *(Recording.original_name, Session.title, Session.slug),
                )
                .join(User, Notice.user_id == User.id)
                .join(Recording, Notice.recording_id == Recording.id)
                .join(Session, Recording.session_id == Session.id)
                .where(
                    Notice.mailed_at.is_(None),
                    Notice.created_at > now() - TOO_OLD,
                    User.active,
                    User.email != "",
                )
                .order_by(Notice.id)
                .limit(AT_ONCE)
            )
        )


def _connected(post: Post) -> smtplib.SMTP:
    """A connection to the mail server that is ready to take mail."""
    if post.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            post.host, post.port, timeout=PATIENCE, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(post.host, post.port, timeout=PATIENCE)
    try:
        if post.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if post.user:
            server.login(post.user, post.password)
    except Exception:
        server.close()
        raise
    return server


def _claimed(parts: Parts, notice_id: int) -> bool:
    """Whether this process is the one to mail it."""
    with parts.sessions.begin() as db:
        return bool(
            db.execute(
                update(Notice)
                .where(Notice.id == notice_id, Notice.mailed_at.is_(None))
                .values(mailed_at=now())
            ).rowcount
        )


def _send(parts: Parts, post: Post, server: smtplib.SMTP, notice: Row) -> None:
    try:
        server.send_message(_message(parts, post, notice))
    except REFUSED as error:
        if _for_good(error):
            log.warning("mail is not accepted", to=notice.email, error=str(error))
            return
        _put_back(parts, notice.id)
        log.warning("mail is not accepted now", to=notice.email, error=str(error))
        _resting[post] = time.monotonic() + REST
    except Exception:
        _put_back(parts, notice.id)
        raise


def _for_good(error: Exception) -> bool:
    """Whether trying again would not help."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return not isinstance(error, smtplib.SMTPDataError) or error.smtp_code >= 500


def _put_back(parts: Parts, notice_id: int) -> None:
    with parts.sessions.begin() as db:
        db.execute(update(Notice).where(Notice.id == notice_id).values(mailed_at=None))


def _message(parts: Parts, post: Post, notice: Row) -> EmailMessage:
    """What is said, in the first language of the archive."""
    texts = TEXTS["de" if parts.languages[0].startswith("de") else "en"]
    kind = "ready" if notice.state == State.READY else "other"
    named = {"name": _one_line(notice.original_name), "title": _one_line(notice.title)}
    address = f"{parts.site_url}/desk/sessions/{notice.slug}\n\n" if parts.site_url else ""
    message = EmailMessage()
    message["Subject"] = f"{_one_line(parts.site_name)}: {texts[kind].format(**named)}"
    message["From"], message["To"] = post.sender, notice.email
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=_domain(post.sender))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{texts[kind + '_text'].format(**named)}\n\n{address}{texts['why']}\n")
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip("> ") or "localhost"
