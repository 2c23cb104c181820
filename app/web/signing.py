"""What is signed with the deployment's secret: asset URLs and CSRF tokens. All hosts share the one secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass

DAY_S = 86_400


def keyed(secret: bytes, purpose: str, *parts: str) -> str:
    """URL-safe HMAC-SHA256 over ``parts``; ``purpose`` keeps the uses of the secret apart."""
    message = "\x1f".join((purpose, *parts)).encode()
    return base64.urlsafe_b64encode(hmac.new(secret, message, hashlib.sha256).digest()).rstrip(b"=").decode()


def csrf_token(secret: bytes, seed: str) -> str:
    """The token that forms and scripts of one browser session send back; ``seed`` is the session's cookie."""
    return keyed(secret, "csrf", seed)


def is_csrf_token(secret: bytes, seed: str, given: str) -> bool:
    return hmac.compare_digest(csrf_token(secret, seed).encode(), given.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class AssetSigner:
    """Makes and checks the URLs under which one person may read an asset, without asking the database."""

    secret: bytes

    def url(self, sha256: str, user: uuid.UUID) -> str:
        """``/assets/{sha256}?e=expiry&u=user&s=signature``; the same all day long, so that the browser caches it."""
        expires = (int(time.time()) // DAY_S + 2) * DAY_S
        signature = keyed(self.secret, "asset", sha256, str(expires), str(user))
        return f"/assets/{sha256}?e={expires}&u={user}&s={signature}"

    def allows(self, sha256: str, expires: str, user: str, signature: str) -> bool:
        """Whether the signature is ours, for this asset and person, and not expired by this server's clock."""
        expected = keyed(self.secret, "asset", sha256, expires, user)
        is_ours = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
        return is_ours and expires.isdecimal() and int(expires) > time.time()
