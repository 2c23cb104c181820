"""Passwords: argon2id hashes, generated ones, and what is asked of a chosen one."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1, because a generated password is read from a screen and typed."""

_HASHER = PasswordHasher()


def generate() -> str:
    """Four groups of five characters, 99 bits: ``h7x2m-…``."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))


def hash_of(password: str) -> str:
    """The argon2id hash, with its parameters and salt in it."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one of ``stored``; None takes as long and is never right.

    A password over :data:`LONGEST` is none of ours, so it is not worth the work of a hash of it.
    """
    try:
        is_right = _HASHER.verify(stored or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return is_right and stored is not None and len(password) <= LONGEST


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's, and is to be made anew at the next log-in."""
    return _HASHER.check_needs_rehash(stored)


def fault_of(password: str) -> str | None:
    """What is wrong with a chosen password, as a sentence; None if nothing is."""
    if len(password) < SHORTEST:
        return f"The password has {len(password)} characters; use at least {SHORTEST}."
    if len(password) > LONGEST:
        return f"The password has {len(password)} characters; use at most {LONGEST}."
    if any(character < " " or "\ud800" <= character <= "\udfff" for character in password):
        return "The password has a control character in it; use letters, digits, signs and spaces."
    return None


@cache
def _nobodys() -> str:
    """A hash that no password matches, so that an unknown e-mail takes as long as a known one."""
    return hash_of(secrets.token_urlsafe())
