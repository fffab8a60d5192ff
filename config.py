"""Every setting of Podium: its name, its default, one sentence.

Set them in the environment (`PODIUM_MODEL=turbo make run`) or in a `.env` file beside this one.
`DATABASE_URL` and `PORT` are read under these well-known names.
"""

from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
GIB = 1024**3
LADDER = (1080, 720, 480, 360)
DATABASES = ("sqlite", "postgresql", "postgres")


class Settings(BaseSettings):
    """All settings; entry points and `archive/wiring.py` read them, everyone else gets arguments."""

    model_config = SettingsConfigDict(
        env_prefix="PODIUM_",
        env_file=ROOT / ".env",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
    )

    home: Path = Field(
        ROOT / "instance", description="Folder of everything Podium keeps: database, media, models."
    )
    database_url: str = Field(
        "",
        validation_alias=AliasChoices("DATABASE_URL", "PODIUM_DATABASE_URL"),
        description="SQLAlchemy URL; empty means SQLite in the home folder.",
    )
    port: int = Field(
        8000,
        validation_alias=AliasChoices("PORT", "PODIUM_PORT"),
        ge=1,
        le=65535,
        description="Port of the web server.",
    )
    site_name: str = Field("Podium", description="Name of the archive, shown in the page header.")
    site_url: str = Field(
        "",
        description="Public address, e.g. https://archive.example.org; empty means that of the request.",
    )
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        ("de", "en"),
        min_length=1,
        description="Languages of the interface, e.g. de,en; the first is the fallback.",
    )
    timezone: str = Field("Europe/Berlin", description="Time zone of new events, IANA name.")
    secure_cookies: bool = Field(
        False,
        description="Send cookies over HTTPS only; switch on wherever Podium has a certificate.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        description="Number of reverse proxies in front whose forwarding headers are believed.",
    )

    model: str = Field(
        "small",
        description="Whisper model for uploads: tiny, base, small, medium, turbo, large-v3, or a path.",
    )
    engine: Literal["faster-whisper", "openai-whisper"] = Field(
        "faster-whisper", description="Which Whisper implementation transcribes."
    )
    device: str = Field("auto", description="Where Whisper runs: auto, cpu, cuda or mps.")
    compute_type: str = Field(
        "auto", description="Precision: auto, int8, float16 or float32; auto is int8 on a CPU."
    )
    threads: int = Field(0, ge=0, description="Threads of one Whisper model; 0 means all cores.")
    beam_size: int = Field(5, ge=1, description="Beam size of the decoder.")
    chunk_seconds: float = Field(
        180.0, ge=20, le=360, description="Length of audio aimed at for one unit of transcription."
    )

    voices: bool = Field(
        True,
        description="Tell the voices of a recording apart, within it alone; no voiceprint is kept.",
    )
    idle_seconds: float = Field(
        600.0, ge=10, description="Seconds without work after which a Whisper model is unloaded."
    )

    ladder: Annotated[tuple[int, ...], NoDecode] = Field(
        LADDER,
        description="Heights that videos stream in: auto (1080, 720, 480, 360), off, or e.g. 720,360.",
    )
    max_upload_bytes: int = Field(20 * GIB, gt=0, description="Largest accepted upload, bytes.")
    reserve_bytes: int = Field(
        200 * 1024**2, ge=0, description="Disk space that uploads and renditions leave free, bytes."
    )
    worker_name: str = Field(
        "", description="Name of this worker; empty means one made from the host's name."
    )
    smtp_host: str = Field(
        "", description="Mail server for notices; empty means that none are mailed."
    )
    smtp_port: int = Field(25, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str = Field(
        "", description="Name to log in to the mail server; empty means no log-in."
    )
    smtp_password: str = Field("", description="Password for the mail server.")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        "none", description="How mail is encrypted: none, starttls (mostly port 587) or tls (465)."
    )
    mail_from: str = Field(
        "podium@localhost", description="Sender of mails, e.g. Podium <podium@example.org>."
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="How log lines are written: console for people, json for machines."
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and url.partition(":")[0].partition("+")[0] not in DATABASES:
            raise ValueError("it must begin with sqlite: or postgresql:")
        return url

    @field_validator("site_url")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise ValueError("it must begin with https:// or http:// and name a host")
        return url

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, sender: str) -> str:
        if "@" not in parseaddr(sender)[1] or len(sender.splitlines()) > 1:
            raise ValueError("it must be a mail address, for example podium@example.org")
        return sender

    @field_validator("languages", mode="before")
    @classmethod
    def _listed(cls, languages: Any) -> Any:
        if isinstance(languages, str):
            return tuple(code.strip() for code in languages.split(",") if code.strip())
        return languages

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        for code in languages:
            try:
                Locale.parse(code, sep="-")
            except (UnknownLocaleError, ValueError):
                raise ValueError(
                    f"there is no language “{code}”; write for example de,en"
                ) from None
        return languages

    @field_validator("ladder", mode="before")
    @classmethod
    def _heights(cls, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        named = {"auto": LADDER, "off": ()}
        heights = [part.strip() for part in text.lower().split(",")]
        if heights[0] in named and len(heights) == 1:
            return named[heights[0]]
        if not set(heights) <= {str(height) for height in LADDER}:
            raise ValueError("it must be auto, off, or heights among 1080, 720, 480 and 360")
        return tuple(sorted(map(int, set(heights)), reverse=True))

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("there is no such time zone; write for example Europe/Berlin")
        return name

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force; a plain `postgresql://` is taken to mean psycopg."""
        if not self.database_url:
            return f"sqlite:///{self.home / 'podium.sqlite'}"
        for plain in ("postgresql://", "postgres://"):
            if self.database_url.startswith(plain):
                return "postgresql+psycopg://" + self.database_url.removeprefix(plain)
        return self.database_url

    @property
    def media(self) -> Path:
        """Folder of recordings and renditions."""
        return self.home / "media"

    @property
    def models(self) -> Path:
        """Folder of Whisper models."""
        return self.home / "models"

    @property
    def work(self) -> Path:
        """Folder of half-done work: uploads under way, speech audio, attempts."""
        return self.home / "work"


def read_settings() -> Settings:
    """The settings in force; ends the process with a sentence for each that cannot be."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise SystemExit("\n".join(_sentence(**error) for error in wrong.errors())) from None


def _sentence(*, loc: tuple[Any, ...], input: Any, msg: str, **_: Any) -> str:
    """What is wrong with one setting, under the name by which it is set."""
    name = str(loc[0])
    if name in Settings.model_fields:
        name = f"PODIUM_{name.upper()}"
    return f"{name} is “{input}”: {msg.removeprefix('Value error, ')}."
