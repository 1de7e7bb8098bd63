"""What the manuals of products say of the account that comes with them."""

from __future__ import annotations

DEFAULTS = {
    "{product}-{release}": "the product's name in small letters, a dash, and the release",
    "{release}@{product}": "the release, an @, and the product's name in small letters",
    "{product}{login}": "the product's name in small letters, followed at once by the account",
    "{login}.{release}": "the account, a dot, and the release",
}
"""First passwords of a product, and what its manual says of them."""
