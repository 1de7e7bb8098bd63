"""The closed lists of which a design chooses, and those of which a hash chooses."""

from __future__ import annotations

# Of these a design chooses. No name stands in two lists of paths, so that doors never collide.
INDUSTRIES = ("logistics", "healthcare", "finance", "education", "retail", "energy")
DIRECTORY_PATHS = ("directory", "people", "staff", "contacts", "team")
RECORDS_PATHS = ("records", "documents", "tickets", "files", "cases")
CONSOLE_PATHS = ("console", "admin", "control", "backoffice", "operations")
SEARCH_PARAMETERS = ("q", "name", "search", "query", "term")

ACCENTS = {
    "indigo": "#3949ab",
    "teal": "#00695c",
    "crimson": "#b3123a",
    "amber": "#8a5a00",
    "forest": "#2e6b34",
    "slate": "#455a64",
}
"""Accent colours, each dark enough for white text on it."""

# Of these a hash of seed, goal and design chooses.
DOWNLOADS_PATHS = ("downloads", "library", "shelf", "papers")
PREVIEW_PATHS = ("internal", "services", "bulletin", "intranet")
CARDS_PATHS = ("greetings", "cards", "messages", "letters")
VAULT_TABLES = ("vault", "escrow", "keyring", "strongbox")
VAULT_COLUMNS = ("secret", "code", "content", "payload")
PASSWORD_WORDS = (
    *("anchor", "basil", "copper", "dune", "ember", "falcon", "granite", "harbor"),
    *("island", "juniper", "kettle", "lantern", "meadow", "nickel", "orchard", "pepper"),
)

EMPLOYEE = "employee"
ADMINISTRATOR = "administrator"
