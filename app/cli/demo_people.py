"""The people of the demo: one a role, with passwords made once and kept in DATA/demo-users.json for its owner alone."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from app.accounts.workflow import EmailTakenError, add_person
from app.db import make_engine, make_sessionmaker, transaction
from pipeline.vocabulary import ROLES

FILE = "demo-users.json"


def add_demo_people(url: str, data_folder: Path) -> None:
    """Add one person a role who can log in with the password in the file; those who are there stay as they are."""
    passwords = _passwords(data_folder / FILE)
    engine = make_engine(url, pool_size=1)
    try:
        sessions = make_sessionmaker(engine)
        for role in ROLES:
            try:
                with transaction(sessions) as session:
                    add_person(session, _email(role), f"Demo {role}", passwords[role], [role])
            except EmailTakenError:
                continue
    finally:
        engine.dispose()


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
