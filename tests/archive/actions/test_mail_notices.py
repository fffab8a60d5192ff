"""Notices go out by mail: tried against a mail server that runs."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions import mail_notices as module
from archive.actions.mail_notices import Post, mail_notices
from archive.db import now
from archive.models.recording import State
from archive.models.users import Notice, User
from archive.parts import Parts
from tests import factories as make


class Mailbox:
    """Keeps what arrives; answers `refusal` to addresses that begin with `refused`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusal = "550 there is nobody of that name"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address.startswith("refused"):
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail server is left alone for what it did in another test."""
    monkeypatch.setattr(module, "_resting", {})


@pytest.fixture
def post(mailbox: Mailbox) -> Iterator[Post]:
    with Serving(mailbox) as post:
        yield post


class Serving:
    """A mail server for as long as one is inside; gives how to reach it."""

    def __init__(self, mailbox: Mailbox, security: str = "none", **options) -> None:
        with socket.create_server(("localhost", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(mailbox, hostname="localhost", port=self.port, **options)
        self.security = security

    def __enter__(self) -> Post:
        self.controller.start()
        return Post("localhost", self.port, "", "", self.security, "Podium <podium@example.org>")

    def __exit__(self, *_) -> None:
        self.controller.stop()


@pytest.fixture
def user(db: DatabaseSession) -> User:
    user = make.a_user(db, email="mara@example.org")
    db.commit()
    return user


def a_notice(db: DatabaseSession, user: User, state: str = State.READY, **values) -> Notice:
    session = make.a_session(db, title="Häuser aus Glas", slug=f"glas-{state}")
    recording = make.a_recording(db, session, original_name="saal-a.mp4")
    given = {"user_id": user.id, "recording_id": recording.id, "attempt": 1, "state": state}
    notice = Notice(**(given | values))
    db.add(notice)
    db.commit()
    return notice


def unmailed(db: DatabaseSession) -> int:
    db.expire_all()
    return len(db.scalars(select(Notice).where(Notice.mailed_at.is_(None))).all())


def test_notice_is_mailed_once(
    db: DatabaseSession, parts: Parts, user: User, post: Post, mailbox: Mailbox
):
    object.__setattr__(parts, "site_url", "https://archive.example.org")
    a_notice(db, user)

    mail_notices(parts, post)
    mail_notices(parts, post)

    (mail,) = mailbox.messages
    assert (mail["To"], mail["From"]) == ("mara@example.org", "Podium <podium@example.org>")
    assert mail["Subject"] == "Podium: „saal-a.mp4“ ist fertig"
    assert "„Häuser aus Glas“" in mail.get_content()
    assert "https://archive.example.org/desk/sessions/glas-ready" in mail.get_content()
    assert unmailed(db) == 0


def test_first_language_of_the_archive_is_spoken(
    db: DatabaseSession, parts: Parts, user: User, post: Post, mailbox: Mailbox
):
    object.__setattr__(parts, "languages", ("en", "de"))
    a_notice(db, user, State.FAILED)

    mail_notices(parts, post)

    (mail,) = mailbox.messages
    assert mail["Subject"] == "Podium: “saal-a.mp4” could not be finished"
    assert "http" not in mail.get_content()


@pytest.mark.parametrize("who", ["without an address", "disabled", "told long ago", "mailed"])
def test_others_get_none(
    db: DatabaseSession, parts: Parts, user: User, post: Post, mailbox: Mailbox, who: str
):
    values = {}
    if who == "without an address":
        user.email = ""
    elif who == "disabled":
        user.active = False
    elif who == "told long ago":
        values = {"created_at": now() - timedelta(days=2)}
    else:
        values = {"mailed_at": now()}
    a_notice(db, user, **values)

    mail_notices(parts, post)

    assert mailbox.messages == []


def test_no_mail_server_is_no_mail(db: DatabaseSession, parts: Parts, user: User, post: Post):
    a_notice(db, user)

    mail_notices(parts, replace(post, host=""))

    assert unmailed(db) == 1


def test_server_that_is_not_there_is_asked_again_after_a_while(
    db: DatabaseSession, parts: Parts, user: User, mailbox: Mailbox, monkeypatch
):
    a_notice(db, user)
    with Serving(mailbox) as post:
        pass
    mail_notices(parts, post)
    asked = []
    monkeypatch.setattr(module, "_connected", asked.append)
    mail_notices(parts, post)

    assert (unmailed(db), asked) == (1, [])


@pytest.mark.parametrize(("refusal", "left"), [("550 nobody", 0), ("451 later", 1)])
def test_refused_address_is_tried_again_only_where_that_may_help(
    db: DatabaseSession,
    parts: Parts,
    user: User,
    post: Post,
    mailbox: Mailbox,
    refusal: str,
    left: int,
):
    user.email, mailbox.refusal = "refused@example.org", refusal
    other = make.a_user(db, name="other", email="other@example.org")
    a_notice(db, user)
    a_notice(db, other, State.FAILED)

    mail_notices(parts, post)

    assert [mail["To"] for mail in mailbox.messages] == ["other@example.org"]
    assert unmailed(db) == left


def test_address_that_the_server_cannot_take_is_in_nobodys_way(
    db: DatabaseSession, parts: Parts, user: User, mailbox: Mailbox
):
    user.email = "mära@example.org"
    other = make.a_user(db, name="other", email="other@example.org")
    a_notice(db, user)
    a_notice(db, other, State.FAILED)

    with Serving(mailbox, enable_SMTPUTF8=False) as post:
        mail_notices(parts, post)

    assert [mail["To"] for mail in mailbox.messages] == ["other@example.org"]
    assert unmailed(db) == 0


def test_line_breaks_do_not_reach_the_head_of_a_mail(
    db: DatabaseSession, parts: Parts, user: User, post: Post, mailbox: Mailbox
):
    notice = a_notice(db, user)
    notice.recording.original_name = "a\r\nBcc: everyone@example.org.mp4"
    db.commit()

    mail_notices(parts, post)

    assert mailbox.messages[0]["Bcc"] is None
    assert mailbox.messages[0]["Subject"].startswith("Podium: „a Bcc: everyone")


# Encrypted ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own making for localhost, with its key in the same file."""
    path = tmp_path_factory.mktemp("certificate") / "localhost.pem"
    key = path.with_suffix(".key")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + key.read_text())
    return path


def encrypted(mailbox: Mailbox, security: str, certificate: Path, **options) -> Serving:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    where = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    return Serving(mailbox, security, **where, **options)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_encrypted_and_logged_in_for(
    db: DatabaseSession, parts: Parts, user: User, mailbox: Mailbox, certificate: Path,
    monkeypatch: pytest.MonkeyPatch, security: str,
):  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    given = []

    def known(server, session, envelope, mechanism, data: LoginPassword) -> AuthResult:
        given.append((data.login, data.password))
        return AuthResult(success=True)

    a_notice(db, user)
    options = {"authenticator": known, "auth_required": True}
    if security == "tls":
        options["auth_require_tls"] = False  # this server does not see that it is encrypted already
    with encrypted(mailbox, security, certificate, **options) as post:
        mail_notices(parts, replace(post, user="podium", password="geheim"))

    assert len(mailbox.messages) == 1
    assert given == [(b"podium", b"geheim")]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nothing_goes_to_a_server_that_nobody_vouches_for(
    db: DatabaseSession,
    parts: Parts,
    user: User,
    mailbox: Mailbox,
    certificate: Path,
    security: str,
):
    a_notice(db, user)
    with encrypted(mailbox, security, certificate) as post:
        mail_notices(parts, post)

    assert (mailbox.messages, unmailed(db)) == ([], 1)
