"""Who is signed in, told by a token that is signed: three parts with dots between them."""

from __future__ import annotations

import binascii
import hashlib
import json
import os

from openrange.packs.webapp.doors.session import Holder, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MAX_TOKEN = 2_000
KEY_FILE = "session-key.pem"
"""Where a service publishes its public key, if it has one."""

_BEFORE = "30820122300d06092a864886f70d01010105000382010f003082010a0282010100"
_AFTER = "0203010001"


class Signed(Session):
    """Sessions whose cookies are tokens signed by a secret of this boot (HS256).

    A token names its holder and their role for whoever reads it. What counts is what was kept when
    the session was opened, so that signing out ends it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.secret = os.urandom(32)

    def open(self, holder: Holder) -> str:
        """Start a session; the cookie's value is a token."""
        claims = {"sub": holder.login, "role": holder.role, "jti": super().open(holder)}
        signed = f"{coded(self.header())}.{coded(claims)}"
        return f"{signed}.{encoded(self.signature(signed))}"

    def read(self, cookie: str) -> Holder | None:
        """The holder, if the token is ours."""
        claims = self.verified(cookie)
        holder = super().read(str(claims.get("jti")))
        return holder and self.believed(claims, holder)

    def close(self, cookie: str) -> None:
        """End the session of a token that is ours."""
        super().close(str(self.verified(cookie).get("jti")))

    def header(self) -> dict[str, str]:
        """What the token says of its signature."""
        return {"alg": "HS256", "typ": "JWT"}

    def signature(self, signed: str) -> bytes:
        """The signature of a token's first two parts."""
        return mac(self.secret, signed)

    def verified(self, cookie: str) -> Mapping[str, Any]:
        """What a token says of its holder; nothing, if it is not accepted."""
        header, claims, signed, signature = taken_apart(cookie)
        return claims if self.accepts(header, signed, signature) else {}

    def accepts(self, header: Mapping[str, Any], signed: str, signature: bytes) -> bool:
        """Whether a signature is right, by the one algorithm that is used here."""
        import hmac

        is_ours = header.get("alg") == self.header()["alg"]
        return is_ours and hmac.compare_digest(signature, self.signature(signed))

    def believed(self, claims: Mapping[str, Any], holder: Holder) -> Holder:
        """Who it is, by what the token says and what was kept: the latter alone counts."""
        return holder


class SignedByKey(Signed):
    """Sessions whose tokens announce a key pair (RS256), and a file with its public half.

    There is no key pair: to make one takes longer than a world may take to start. The public key is
    a number of the right size that is drawn at each boot, and the signature what only this process
    can tell, of the right length. So nobody can forge it; and nobody can check it outside.
    """

    def __init__(self) -> None:
        super().__init__()
        number = bytearray(os.urandom(256))
        number[0] |= 128
        number[-1] |= 1
        raw = bytes.fromhex(_BEFORE) + number + bytes.fromhex(_AFTER)
        text = binascii.b2a_base64(raw, newline=False).decode()
        lines = [text[start : start + 64] for start in range(0, len(text), 64)]
        self.public = "\n".join(
            ["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]
        )

    def header(self) -> dict[str, str]:
        """What the token says of its signature, and where the public key is."""
        return {"alg": "RS256", "typ": "JWT", "x5u": KEY_FILE}

    def signature(self, signed: str) -> bytes:
        """As long as one of a key of 2,048 bits."""
        return hashlib.shake_256(self.secret + signed.encode()).digest(256)


def mac(secret: bytes, signed: str) -> bytes:
    """The HMAC-SHA256 of a text."""
    import hmac

    return hmac.digest(secret, signed.encode(), "sha256")


def coded(part: Mapping[str, Any]) -> str:
    """A part of a token."""
    return encoded(json.dumps(part, separators=(",", ":")).encode())


def encoded(raw: bytes) -> str:
    """Bytes in the base64 of URLs, without padding."""
    text = binascii.b2a_base64(raw, newline=False).decode().rstrip("=")
    return text.replace("+", "-").replace("/", "_")


def decoded(text: str) -> bytes:
    """The bytes behind the base64 of URLs.

    Raises:
        ValueError: It is none.
    """
    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    return binascii.a2b_base64(text + "=" * (-len(text) % 4))


def taken_apart(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any], str, bytes]:
    """A token's header and claims, the text that is signed, and the signature.

    Args:
        token: Whatever stands in a cookie.

    Returns:
        The parts; all of them are empty where it is no token.
    """
    signed, _, signature = token.rpartition(".")
    first, _, second = signed.partition(".")
    try:
        if len(token) > MAX_TOKEN or not signed.isascii():
            raise ValueError
        header, claims = json.loads(decoded(first)), json.loads(decoded(second))
        if isinstance(header, dict) and isinstance(claims, dict):
            return header, claims, signed, decoded(signature)
    except (ValueError, RecursionError):
        pass
    return {}, {}, "", b""
