from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, is_loopback


def settings(**given: str) -> Settings:
    return Settings.from_environment(given)


def test_the_defaults_suit_one_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = settings()
    assert (found.data_folder, found.database_url) == (tmp_path / "data", None)
    assert (found.host, found.port, found.secure_cookies) == ("127.0.0.1", 8350, False)
    assert not (tmp_path / "data").exists()


def test_a_child_reads_the_same_settings_again(tmp_path: Path) -> None:
    given = settings(
        TRIHEDRAL_DATA=str(tmp_path),
        DATABASE_URL="postgresql://u:p@h/d",
        TRIHEDRAL_HOST="::1",
        TRIHEDRAL_SECRET="s" * 32,
    )
    assert Settings.from_environment(given.environment()) == given


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = settings(TRIHEDRAL_DATA=str(tmp_path)).secret
    assert len(made) >= 43
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert settings(TRIHEDRAL_DATA=str(tmp_path)).secret == made
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def read_secret(folder: str) -> bytes:
    return settings(TRIHEDRAL_DATA=folder).secret


def test_processes_that_make_the_secret_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(read_secret, [str(tmp_path / "new")] * 8))) == 1


def test_the_secret_and_the_password_are_in_no_text(tmp_path: Path) -> None:
    found = settings(TRIHEDRAL_DATA=str(tmp_path), TRIHEDRAL_SECRET="hidden" * 8)
    assert "hidden" not in repr(found)
    with pytest.raises(SettingsError) as refused:
        settings(DATABASE_URL="mysql://user:hunter2@host/x")
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(settings(DATABASE_URL="postgresql://user:hunter2@host/x"))


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@host:port/x", "postgresql://u:hunter2@[::1/x"])
def test_a_database_url_that_cannot_be_read_is_told_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL must look like") as refused:
        settings(DATABASE_URL=url)
    assert refused.value.__cause__ is None
    assert "hunter2" not in str(refused.value)


def test_a_dialect_in_the_database_url_is_dropped() -> None:
    assert settings(DATABASE_URL="postgresql+psycopg://u@h/d").database_url == "postgresql://u@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRIHEDRAL_PORT", "80a"),
        ("TRIHEDRAL_PORT", "70000"),
        ("TRIHEDRAL_WEB", "0"),
        ("TRIHEDRAL_SECRET", "short"),
        ("TRIHEDRAL_SECURE_COOKIES", "maybe"),
        ("DATABASE_URL", "sqlite:///x"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings(**{name: value})


@pytest.mark.parametrize(
    ("host", "policy", "secure"),
    [
        ("127.0.0.1", "auto", False),
        ("localhost", "auto", False),
        ("::1", "auto", False),
        ("0.0.0.0", "auto", True),
        ("0.0.0.0", "off", False),
        ("127.0.0.1", "on", True),
    ],
)
def test_cookies_are_for_https_alone_off_loopback(host: str, policy: str, secure: bool) -> None:
    assert settings(TRIHEDRAL_HOST=host, TRIHEDRAL_SECURE_COOKIES=policy).secure_cookies is secure
    assert is_loopback("example.org") is False


def test_a_process_without_a_database_is_told_what_sets_it() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        settings().require_database_url()
