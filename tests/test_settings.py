"""Settings: secrets, precedence, refusal of values that cannot be used."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT, SECRET_NAMES, Settings, SettingsError, read_settings


def read(var_dir: Path, **environment: str) -> Settings:
    return read_settings({"BOT_VAR_DIR": str(var_dir), **environment})


def test_an_empty_environment_gives_the_defaults(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found == Settings(
        host="127.0.0.1",
        port=5005,
        database_url=f"sqlite:///{tmp_path / 'bot.db'}",
        catalogue_path=PROJECT_ROOT.parent / "shared" / "data" / "national-catalogue-2026-07",
        secret=found.secret,
        hotline_secret=found.hotline_secret,
        var_dir=tmp_path,
        rest_public=False,
        max_message_length=2000,
        allowed_origins=(),
        messages_per_minute=30,
        messages_per_address=300,
        requests_per_address=600,
        lookup_failures_per_hour=10,
        lookup_failures_per_session=10,
        lookup_failures_per_address=50,
        lookup_failures_overall=200,
        lookup_factor="digits",
        sms_folder="",
        igate_url="",
        igate_sso_url="",
        igate_realm="digo",
        igate_client_id="",
        igate_client_secret="",
        igate_username="",
        igate_password="",
        igate_fields="",
        igate_timeout=5,
        igate_cache=30,
        identity_check_url="",
        identity_check_token="",
        qr_beneficiaries="",
        qr_public_key="",
        qr_minutes=30,
        payment_url="",
        payment_api_url="",
        payment_merchant="",
        payment_secret="",
        payment_timeout=10,
        payment_minutes=15,
        hotline_form="unaccented",
        hotline_pages_at_once=2,
        hotline_push_url="",
        zalo_app_id="",
        zalo_app_secret="",
        zalo_secret_key="",
        zalo_access_token="",
        zalo_refresh_token="",
        zalo_api_url="https://openapi.zalo.me",
        zalo_oauth_url="https://oauth.zaloapp.com",
        support_hours="1-5 07:00-11:30 13:30-17:00",
        support_promise_hours=4,
        support_wait_minutes=10,
        support_talks_per_operator=3,
        support_lease_seconds=60,
        console_idle_minutes=30,
        chatwoot_url="",
        chatwoot_account="",
        chatwoot_inbox="",
        chatwoot_token="",
        chatwoot_secret="",
        signing_key="",
        signing_certificate="",
        poll_minutes=15,
        keep_conversations_days=30,
        keep_audit_days=365,
        keep_tickets_days=365,
        keep_ratings_days=365,
        keep_payments_days=3650,
        endpoints=PROJECT_ROOT / "endpoints.yml",
        stale_after_days=365,
        conversations_kept=5000,
        public_url="http://127.0.0.1:5005",
    )


def test_secrets_are_made_once_and_differ_from_each_other(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first == second
    assert len(first.secret) == len(first.hotline_secret) == 64
    assert first.secret != first.hotline_secret


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    assert read(tmp_path / "a").secret != read(tmp_path / "b").secret


def test_the_file_of_secrets_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    read(tmp_path / "var")
    assert stat.S_IMODE((tmp_path / "var" / "env").stat().st_mode) == 0o600


def test_a_file_that_others_could_read_is_closed_when_a_secret_is_added(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("BOT_PORT=6000\n", encoding="utf-8")
    file.chmod(0o644)
    assert read(tmp_path).port == 6000
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_file_is_written_when_the_environment_holds_the_secrets(tmp_path: Path) -> None:
    found = read(tmp_path / "var", BOT_SECRET="one", BOT_HOTLINE_SECRET="two")
    assert (found.secret, found.hotline_secret) == ("one", "two")
    assert not (tmp_path / "var").exists()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("BOT_SECRET=of the file\nBOT_PORT=6000\n", encoding="utf-8")
    found = read(tmp_path, BOT_PORT="7000")
    assert (found.secret, found.port) == ("of the file", 7000)


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("BOT_PORT=6000\n", encoding="utf-8")
    assert read(tmp_path, BOT_PORT="").port == 6000


def test_comments_and_blank_lines_of_the_file_are_passed_over(tmp_path: Path) -> None:
    lines = "# BOT_PORT=1\n\n  BOT_HOST = 0.0.0.0 \nno separator\n"
    (tmp_path / "env").write_text(lines, encoding="utf-8")
    found = read(tmp_path)
    assert (found.port, found.host) == (5005, "0.0.0.0")


def test_a_file_without_a_last_line_end_keeps_its_values(tmp_path: Path) -> None:
    # Editors leave such files; a secret that changes makes every stored hash worthless.
    (tmp_path / "env").write_text("BOT_SECRET=written by hand", encoding="utf-8")
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret == "written by hand"
    assert second == first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_PORT", "0"),
        ("BOT_PORT", "65536"),
        ("BOT_PORT", "http"),
        ("BOT_PORT", "-1"),
        ("BOT_PORT", "5005.5"),
        ("BOT_PORT", "²"),
        ("BOT_MAX_MESSAGE_LENGTH", "99"),
        ("BOT_MAX_MESSAGE_LENGTH", "100001"),
        ("BOT_LOOKUP_FAILURES_PER_HOUR", "0"),
        ("BOT_LOOKUP_FAILURES_PER_HOUR", "ten"),
        ("BOT_REST_PUBLIC", "maybe"),
        ("BOT_CONVERSATIONS_KEPT", "0"),
        ("BOT_CONVERSATIONS_KEPT", "all"),
        ("BOT_PUBLIC_URL", "example.org"),
        ("BOT_PUBLIC_URL", "ftp://example.org"),
        ("BOT_PUBLIC_URL", "http://"),
        ("BOT_PUBLIC_URL", "http://:5005"),
        ("BOT_PUBLIC_URL", "http://example.org:port"),
        ("BOT_PUBLIC_URL", "http://[::1"),
        ("BOT_PUBLIC_URL", "http://example.org/?a=1"),
        ("BOT_PUBLIC_URL", "http://example.org/#top"),
        ("BOT_PUBLIC_URL", "http://exam ple.org"),
        ("BOT_PUBLIC_URL", "javascript:alert(1)"),
        ("BOT_ALLOWED_ORIGINS", "portal.example"),
        ("BOT_ALLOWED_ORIGINS", "https://portal.example/thu-tuc"),
        ("BOT_ALLOWED_ORIGINS", "https://me@portal.example"),
        ("BOT_ALLOWED_ORIGINS", "*"),
        ("BOT_ALLOWED_ORIGINS", "https://*.portal.example"),
        ("BOT_MESSAGES_PER_MINUTE", "0"),
        ("BOT_MESSAGES_PER_ADDRESS", "many"),
        ("BOT_KEEP_RATINGS_DAYS", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **{name: value})
    assert name in str(caught.value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("False", False), ("no", False)],
)
def test_a_boolean_is_read_in_its_usual_spellings(
    tmp_path: Path, text: str, expected: bool
) -> None:
    assert read(tmp_path, BOT_REST_PUBLIC=text).rest_public is expected


def test_each_secret_is_completed_by_itself(tmp_path: Path) -> None:
    read(tmp_path, BOT_SECRET="from outside")
    lines = (tmp_path / "env").read_text(encoding="utf-8").splitlines()
    assert [line.partition("=")[0] for line in lines] == [SECRET_NAMES[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("http://10.0.0.5:8080/bot/", "http://10.0.0.5:8080/bot"),
        (" https://example.org// ", "https://example.org"),
        ("http://[::1]:5005", "http://[::1]:5005"),
    ],
)
def test_the_public_address_has_no_slash_at_its_end(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert read(tmp_path, BOT_PUBLIC_URL=text).public_url == expected


def test_the_number_of_kept_conversations_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, BOT_CONVERSATIONS_KEPT="200").conversations_kept == 200


def test_origins_are_read_as_browsers_send_them(tmp_path: Path) -> None:
    written = "https://Portal.Example:443/, http://127.0.0.1:8080  https://portal.example"
    assert read(tmp_path, BOT_ALLOWED_ORIGINS=written).allowed_origins == (
        "https://portal.example",
        "http://127.0.0.1:8080",
    )
