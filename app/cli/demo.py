"""What `trihedral demo` has beyond `serve`: one person a role, and simulated scenes.

Their passwords are made once and kept in DATA/demo-users.json, for its owner alone.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path

from app.accounts.workflow import add_person, list_people
from app.db import SessionMaker, make_engine, make_sessionmaker, transaction
from app.intake.demo import is_made
from pipeline.vocabulary import ROLES

FILE = "demo-users.json"


def prepare(url: str, data_folder: Path) -> tuple[str, ...] | None:
    """Add the people; gives the command that makes the demo's dataset, unless it is made already."""
    engine = make_engine(url, pool_size=1)
    try:
        sessions = make_sessionmaker(engine)
        _add_people(sessions, _passwords(data_folder / FILE))
        return None if is_made(sessions) else (sys.executable, "-m", "app.cli.demo_process")
    finally:
        engine.dispose()


def _add_people(sessions: SessionMaker, passwords: dict[str, str]) -> None:
    """Those who are there stay as they are."""
    with transaction(sessions) as session:
        there = {person.email for person in list_people(session)}
        for role in ROLES:
            if _email(role) not in there:
                add_person(session, _email(role), f"Demo {role}", passwords[role], [role])


def log_ins(data_folder: Path) -> str:
    """One line a role, to be shown below the address."""
    passwords = _passwords(data_folder / FILE)
    lines = [f"  {role:<12} {_email(role):<26} {passwords[role]}" for role in ROLES]
    return "\n".join(["Log in as", *lines])


def _email(role: str) -> str:
    return f"{role}@demo.invalid"


def _passwords(file: Path) -> dict[str, str]:
    """Read the passwords, or make them; the file is on disk before anybody is added with one of them."""
    try:
        found: dict[str, str] = json.loads(file.read_text())
    except FileNotFoundError:
        found = {}
    if all(role in found for role in ROLES):
        return found
    made = {role: secrets.token_urlsafe(12) for role in ROLES} | found
    unfinished = file.with_suffix(f".new-{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(json.dumps(made, indent=1) + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(file)
    return made
