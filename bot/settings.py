"""Settings of the assistant: the only place that reads the environment.

Every setting has a working default. Secrets are made at the first run and kept in
`var/env` (mode 600) as `KEY=value` lines; the environment wins over that file.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# How an asker proves to own a dossier: by digits of a number, or by a code sent to it.
DIGITS_FACTOR, ONE_TIME_CODE_FACTOR = LOOKUP_FACTORS = ("digits", "one_time_code")
SECRET_NAMES = ("BOT_SECRET", "BOT_HOTLINE_SECRET")
# Pages of the hotline: 160 letters of the GSM alphabet, or 70 of Unicode.
UNACCENTED, ACCENTED = HOTLINE_FORMS = ("unaccented", "accented")
# Of the staff who take talks over; the province sets its own.
SUPPORT_HOURS = "1-5 07:00-11:30 13:30-17:00"


class SettingsError(ValueError):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Typed view of the environment.

    Durations are in seconds unless the name says otherwise; `catalogue_path` is the
    national export that an empty database is filled from, if it is there; `public_url` is
    where citizens reach the bot, without a slash at its end; `conversations_kept` is how
    many conversations stay in memory. `messages_per_minute` are those of one web session,
    what is counted per address is counted per minute, too. An empty `igate_url` means the
    local dossiers, an empty `identity_check_url` that no identity is checked, an empty
    `sms_folder` that no one-time codes are sent. The limits of failed look-ups (hồ sơ) are
    those within an hour; `lookup_failures_overall` are those of all addresses together.
    Payment QR codes need both `qr_beneficiaries`, the signed list of accounts, and `qr_public_key`;
    payments through a gateway need all of `payment_url`, `payment_api_url`, `payment_merchant`
    and `payment_secret`. Both are off while these are empty.
    Staff (cán bộ) take talks over within `support_hours` (`bot.support.promises`); they promise an
    answer within `support_promise_hours` of them. A talk whose operator is not seen for
    `support_lease_seconds` goes back to the queue. The channels of Zalo, of an SMS gateway that is
    pushed to, and of a Chatwoot helpdesk are off while their settings are empty.
    `allowed_origins` are the portals (scheme, host, port) whose pages may hold the chat,
    beside the bot's own.
    """

    host: str
    port: int
    database_url: str
    catalogue_path: Path
    secret: str
    hotline_secret: str
    var_dir: Path
    rest_public: bool
    max_message_length: int
    allowed_origins: tuple[str, ...]
    messages_per_minute: int
    messages_per_address: int
    requests_per_address: int
    lookup_failures_per_hour: int
    lookup_failures_per_session: int
    lookup_failures_per_address: int
    lookup_failures_overall: int
    lookup_factor: str
    sms_folder: str
    igate_url: str
    igate_sso_url: str
    igate_realm: str
    igate_client_id: str
    igate_client_secret: str
    igate_username: str
    igate_password: str
    igate_fields: str
    igate_timeout: int
    igate_cache: int
    identity_check_url: str
    identity_check_token: str
    qr_beneficiaries: str
    qr_public_key: str
    qr_minutes: int
    payment_url: str
    payment_api_url: str
    payment_merchant: str
    payment_secret: str
    payment_timeout: int
    payment_minutes: int
    hotline_form: str
    hotline_pages_at_once: int
    hotline_push_url: str
    zalo_app_id: str
    zalo_app_secret: str
    zalo_secret_key: str
    zalo_access_token: str
    zalo_refresh_token: str
    zalo_api_url: str
    zalo_oauth_url: str
    support_hours: str
    support_promise_hours: int
    support_wait_minutes: int
    support_talks_per_operator: int
    support_lease_seconds: int
    console_idle_minutes: int
    chatwoot_url: str
    chatwoot_account: str
    chatwoot_inbox: str
    chatwoot_token: str
    chatwoot_secret: str
    signing_key: str
    signing_certificate: str
    poll_minutes: int
    keep_conversations_days: int
    keep_audit_days: int
    keep_tickets_days: int
    keep_ratings_days: int
    keep_payments_days: int
    endpoints: Path
    stale_after_days: int
    conversations_kept: int
    public_url: str


def _read_env_file(path: Path) -> dict[str, str]:
    """`KEY=value` lines of a file; blank lines and `#` comments are passed over."""
    values: dict[str, str] = {}
    if not path.exists():
        return values
    for line in path.read_text(encoding="utf-8").splitlines():
        key, separator, value = line.partition("=")
        if separator and not key.lstrip().startswith("#"):
            values[key.strip()] = value.strip()
    return values


def _make_secrets(path: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Add the secrets that neither the environment nor the file holds; return them."""
    missing = [name for name in SECRET_NAMES if not known.get(name)]
    made = {name: secrets.token_hex(32) for name in missing}
    if made:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Created with mode 600 from the start: the secret is never readable by others.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        unfinished = path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write("\n" if unfinished else "")
            file.writelines(f"{name}={value}\n" for name, value in made.items())
        path.chmod(0o600)
    return made


def _integer(values: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = values.get(name, "").strip() or str(default)
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise SettingsError(
            f"{name} must be a whole number from {lowest} to {highest}, not {text!r}."
        )
    return int(text)


def _boolean(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "").strip().lower()
    if text in ("", "0", "false", "no"):
        return False
    if text in ("1", "true", "yes"):
        return True
    raise SettingsError(f"{name} must be 1 or 0, not {text!r}.")


def _choice(values: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first where nothing is set."""
    text = values.get(name, "").strip() or choices[0]
    if text not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
    return text


def _optional_url(values: Mapping[str, str], name: str) -> str:
    return _url(values, name, "") if values.get(name, "").strip() else ""


def _url(values: Mapping[str, str], name: str, default: str) -> str:
    text = values.get(name, "").strip() or default
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        usable = False
    # What is put behind it is a path: a query or blanks in it would make every link useless.
    if not usable or any(sign in text for sign in "?#") or re.search(r"\s", text):
        raise SettingsError(
            f"{name} must be an address such as https://example.org/bot, not {text!r}."
        )
    return text.rstrip("/")


def _origins(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses without a path, separated by commas or blanks, as browsers send them."""
    found = []
    for text in re.split(r"[,\s]+", values.get(name, "").strip()):
        if not text:
            continue
        parts = urlsplit(_url({name: text}, name, ""))
        # A pattern would allow nobody: origins are compared whole.
        if parts.path or parts.username is not None or "*" in text:
            raise SettingsError(
                f"{name} takes addresses such as https://example.org, not {text!r}."
            )
        found.append(f"{parts.scheme}://{_default_port_off(parts)}".lower())
    return tuple(dict.fromkeys(found))


def _default_port_off(parts: SplitResult) -> str:
    usual = {"http": ":80", "https": ":443"}[parts.scheme]
    return parts.netloc.removesuffix(usual)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment and `var/env`.

    Raises:
        SettingsError: a value is out of range or not of its type.
    """
    var_dir = Path(environment.get("BOT_VAR_DIR") or PROJECT_ROOT / "var")
    env_file = var_dir / "env"
    values = {**_read_env_file(env_file), **{k: v for k, v in environment.items() if v}}
    values.update(_make_secrets(env_file, values))
    default_catalogue = PROJECT_ROOT.parent / "shared" / "data" / "national-catalogue-2026-07"
    return Settings(
        host=values.get("BOT_HOST", "127.0.0.1"),
        port=_integer(values, "BOT_PORT", 5005, 1, 65535),
        database_url=values.get("BOT_DATABASE_URL") or f"sqlite:///{var_dir / 'bot.db'}",
        catalogue_path=Path(values.get("BOT_CATALOGUE_PATH") or default_catalogue),
        secret=values["BOT_SECRET"],
        hotline_secret=values["BOT_HOTLINE_SECRET"],
        var_dir=var_dir,
        rest_public=_boolean(values, "BOT_REST_PUBLIC"),
        max_message_length=_integer(values, "BOT_MAX_MESSAGE_LENGTH", 2000, 100, 100_000),
        allowed_origins=_origins(values, "BOT_ALLOWED_ORIGINS"),
        messages_per_minute=_integer(values, "BOT_MESSAGES_PER_MINUTE", 30, 1, 10_000),
        messages_per_address=_integer(values, "BOT_MESSAGES_PER_ADDRESS", 300, 1, 1_000_000),
        requests_per_address=_integer(values, "BOT_REQUESTS_PER_ADDRESS", 600, 1, 1_000_000),
        lookup_failures_per_hour=_integer(values, "BOT_LOOKUP_FAILURES_PER_HOUR", 10, 1, 1000),
        lookup_failures_per_session=_integer(
            values, "BOT_LOOKUP_FAILURES_PER_SESSION", 10, 1, 1000
        ),
        lookup_failures_per_address=_integer(
            values, "BOT_LOOKUP_FAILURES_PER_ADDRESS", 50, 1, 100_000
        ),
        lookup_failures_overall=_integer(values, "BOT_LOOKUP_FAILURES_OVERALL", 200, 1, 1_000_000),
        lookup_factor=_choice(values, "BOT_LOOKUP_FACTOR", LOOKUP_FACTORS),
        sms_folder=values.get("BOT_SMS_FOLDER", ""),
        igate_url=_optional_url(values, "BOT_IGATE_URL"),
        igate_sso_url=_optional_url(values, "BOT_IGATE_SSO_URL"),
        igate_realm=values.get("BOT_IGATE_REALM") or "digo",
        igate_client_id=values.get("BOT_IGATE_CLIENT_ID", ""),
        igate_client_secret=values.get("BOT_IGATE_CLIENT_SECRET", ""),
        igate_username=values.get("BOT_IGATE_USERNAME", ""),
        igate_password=values.get("BOT_IGATE_PASSWORD", ""),
        igate_fields=values.get("BOT_IGATE_FIELDS", ""),
        igate_timeout=_integer(values, "BOT_IGATE_TIMEOUT", 5, 1, 60),
        igate_cache=_integer(values, "BOT_IGATE_CACHE", 30, 0, 3600),
        identity_check_url=_optional_url(values, "BOT_IDENTITY_CHECK_URL"),
        identity_check_token=values.get("BOT_IDENTITY_CHECK_TOKEN", ""),
        qr_beneficiaries=values.get("BOT_QR_BENEFICIARIES", ""),
        qr_public_key=values.get("BOT_QR_PUBLIC_KEY", ""),
        qr_minutes=_integer(values, "BOT_QR_MINUTES", 30, 1, 1440),
        payment_url=_optional_url(values, "BOT_PAYMENT_URL"),
        payment_api_url=_optional_url(values, "BOT_PAYMENT_API_URL"),
        payment_merchant=values.get("BOT_PAYMENT_MERCHANT", ""),
        payment_secret=values.get("BOT_PAYMENT_SECRET", ""),
        payment_timeout=_integer(values, "BOT_PAYMENT_TIMEOUT", 10, 1, 60),
        payment_minutes=_integer(values, "BOT_PAYMENT_MINUTES", 15, 5, 1440),
        hotline_form=_choice(values, "BOT_HOTLINE_FORM", HOTLINE_FORMS),
        hotline_pages_at_once=_integer(values, "BOT_HOTLINE_PAGES_AT_ONCE", 2, 1, 20),
        hotline_push_url=_optional_url(values, "BOT_HOTLINE_PUSH_URL"),
        zalo_app_id=values.get("BOT_ZALO_APP_ID", ""),
        zalo_app_secret=values.get("BOT_ZALO_APP_SECRET", ""),
        zalo_secret_key=values.get("BOT_ZALO_SECRET_KEY", ""),
        zalo_access_token=values.get("BOT_ZALO_ACCESS_TOKEN", ""),
        zalo_refresh_token=values.get("BOT_ZALO_REFRESH_TOKEN", ""),
        zalo_api_url=_url(values, "BOT_ZALO_API_URL", "https://openapi.zalo.me"),
        zalo_oauth_url=_url(values, "BOT_ZALO_OAUTH_URL", "https://oauth.zaloapp.com"),
        support_hours=values.get("BOT_SUPPORT_HOURS") or SUPPORT_HOURS,
        support_promise_hours=_integer(values, "BOT_SUPPORT_PROMISE_HOURS", 4, 1, 200),
        support_wait_minutes=_integer(values, "BOT_SUPPORT_WAIT_MINUTES", 10, 1, 240),
        support_talks_per_operator=_integer(values, "BOT_SUPPORT_TALKS_PER_OPERATOR", 3, 1, 50),
        support_lease_seconds=_integer(values, "BOT_SUPPORT_LEASE_SECONDS", 60, 3, 600),
        console_idle_minutes=_integer(values, "BOT_CONSOLE_IDLE_MINUTES", 30, 1, 720),
        chatwoot_url=_optional_url(values, "BOT_CHATWOOT_URL"),
        chatwoot_account=values.get("BOT_CHATWOOT_ACCOUNT", ""),
        chatwoot_inbox=values.get("BOT_CHATWOOT_INBOX", ""),
        chatwoot_token=values.get("BOT_CHATWOOT_TOKEN", ""),
        chatwoot_secret=values.get("BOT_CHATWOOT_SECRET", ""),
        signing_key=values.get("BOT_SIGNING_KEY", ""),
        signing_certificate=values.get("BOT_SIGNING_CERTIFICATE", ""),
        poll_minutes=_integer(values, "BOT_POLL_MINUTES", 15, 1, 1440),
        keep_conversations_days=_integer(values, "BOT_KEEP_CONVERSATIONS_DAYS", 30, 1, 3650),
        keep_audit_days=_integer(values, "BOT_KEEP_AUDIT_DAYS", 365, 1, 3650),
        keep_tickets_days=_integer(values, "BOT_KEEP_TICKETS_DAYS", 365, 1, 3650),
        keep_ratings_days=_integer(values, "BOT_KEEP_RATINGS_DAYS", 365, 1, 3650),
        keep_payments_days=_integer(values, "BOT_KEEP_PAYMENTS_DAYS", 3650, 365, 36_500),
        endpoints=Path(values.get("BOT_ENDPOINTS") or PROJECT_ROOT / "endpoints.yml"),
        stale_after_days=_integer(values, "BOT_STALE_AFTER_DAYS", 365, 1, 36_500),
        conversations_kept=_integer(values, "BOT_CONVERSATIONS_KEPT", 5000, 1, 1_000_000),
        public_url=_url(values, "BOT_PUBLIC_URL", "http://127.0.0.1:5005"),
    )


@functools.lru_cache(maxsize=1)
def settings() -> Settings:
    """Settings of this process, read once."""
    return read_settings(os.environ)
