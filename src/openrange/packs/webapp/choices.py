"""What a design chooses from, and what is drawn for each world."""

from __future__ import annotations

ACCENTS = {
    "indigo": "#3949ab",
    "teal": "#00695c",
    "crimson": "#b3123a",
    "amber": "#8a5a00",
    "forest": "#2e6b34",
    "slate": "#455a64",
}
"""Accent colours, each dark enough for white text on it."""

MAX_DIFFICULTY = 4

# Where doors are, and what their forms call their field.
PATHS = {
    "search": ("directory", "people", "staff", "contacts", "team", "colleagues", "phonebook"),
    "lookup": ("item", "detail", "lookup", "entry", "inventory", "catalogue", "stock"),
    "listing": ("overview", "register", "list", "index", "summary", "journal"),
    "check": ("check", "validate", "status", "verify", "availability"),
    "records": ("records", "documents", "tickets", "cases", "papers", "requests", "orders"),
    "feed": ("activity", "news", "timeline", "updates", "recent"),
    "files": ("downloads", "library", "shelf", "archive", "attachments", "media"),
    "preview": ("internal", "bulletin", "intranet", "preview", "monitor", "links"),
    "diagnose": ("diagnose", "network", "connection", "devices", "reachable", "hosts"),
    "import": ("import", "intake", "delivery", "exchange", "upload"),
    "label": ("label", "badge", "nameplate", "sticker", "card"),
    "codes": ("codes", "one-time", "passes", "keyring", "devices"),
    "console": ("console", "admin", "control", "backoffice", "operations", "manage"),
    "profile": ("profile", "me", "preferences", "settings", "mydata"),
    "health": ("health", "actuator", "monitoring", "diagnostics", "metrics", "uptime"),
    "shop": ("supplies", "requisition", "procurement", "ordering", "equipment", "shop"),
    "sign_in": ("login", "sign-in", "enter", "welcome", "session"),
    "sign_out": ("logout", "logout-now", "signout"),
}
PARAMETERS = {
    "search": ("q", "name", "search", "query", "term", "who", "filter", "find"),
    "lookup": ("id", "ref", "no", "item", "nr", "key", "entry"),
    "listing": ("sort", "order", "by", "column", "o", "arrange"),
    "check": ("code", "value", "ref", "serial", "label", "tag"),
    "records": ("id", "ref", "doc", "no", "case", "item"),
    "feed": ("page",),
    "files": ("file", "name", "doc", "path", "f", "get"),
    "preview": ("url", "source", "target", "feed", "u", "from"),
    "diagnose": ("host", "device", "machine", "address", "system"),
    "import": ("document", "xml", "data", "body", "message"),
    "label": ("text", "line", "caption", "wording", "message"),
    "codes": ("recipient", "whom", "to", "for", "person"),
    "console": ("view", "as", "mode", "scope"),
    "profile": ("motto", "nickname", "greeting", "about"),
    "health": ("report", "probe", "part"),
    "shop": ("item", "article", "product", "goods", "position"),
    "sign_in": ("username", "user", "account", "login", "name"),
    "sign_out": ("confirm",),
}
METHODS = {
    "search": ("GET", "GET", "POST", "JSON"),
    "lookup": ("GET", "POST", "JSON"),
    "listing": ("GET", "POST", "JSON"),
    "check": ("GET", "POST", "JSON"),
    "files": ("GET", "GET", "POST"),
    "preview": ("GET", "POST", "JSON"),
    "diagnose": ("GET", "POST", "JSON"),
    "import": ("POST", "JSON"),
    "label": ("GET", "POST", "JSON"),
    "codes": ("POST", "JSON"),
    "console": ("GET",),
    "profile": ("POST", "JSON"),
    "shop": ("POST", "JSON"),
}
"""How a door's form may be sent; GET where nothing is said."""

PASSWORD_FIELDS = ("password", "pass", "secret", "passphrase", "pin")
COOKIES = ("session", "sid", "portal", "auth", "visit", "ticket", "seat", "desk")
SESSIONS = ("random", "hmac", "key")
"""What a session's cookie is: random, or a token that is signed by a secret or by a key pair."""
TOKEN_PLACES = (
    *("header:X-Service-Token", "header:X-Desk-Key", "header:X-Access", "header:Authorization"),
    *("query:token", "query:access_token", "query:service_key", "query:desk_key"),
)
ROLES = (
    *(("employee", "steward"), ("staff", "warden"), ("member", "patron"), ("user", "foreman")),
    *(("clerk", "registrar"), ("basic", "keeper"), ("reader", "editor"), ("guest", "host")),
    *(("hand", "captain"), ("junior", "principal"), ("regular", "marshal"), ("crew", "purser")),
)
"""What an ordinary account's role is called, and an administrator's."""

# Tables and columns, for each of which a world has one of several names.
TABLES = {
    "people": ("accounts", "staff", "people", "employees", "members", "crew", "persons"),
    "items": ("items", "stock", "entries", "goods", "assets", "lots", "articles"),
    "records": ("records", "documents", "tickets", "cases", "papers"),
    "vault": ("vault", "escrow", "keyring", "strongbox", "sealed", "locker", "custody", "reserve"),
}
COLUMNS = {
    "login": ("login", "account", "uid", "username", "handle"),
    "name": ("name", "full_name", "person", "display_name"),
    "title": ("title", "job", "position", "job_title"),
    "unit": ("unit", "dept", "department", "team"),
    "room": ("room", "desk", "office", "place"),
    "number": ("id", "number", "ref", "no"),
    "item": ("name", "label", "item", "caption"),
    "state": ("state", "status", "stage"),
    "amount": ("amount", "qty", "count", "units"),
    "label": ("label", "topic", "purpose", "about", "kind"),
    "value": ("value", "secret", "code", "content", "payload", "entry", "body", "word"),
}
SHOWN = {"login": "Account", "name": "Name", "title": "Job title", "unit": "Unit", "room": "Room"}
STATES = ("open", "checked", "waiting", "closed")

HOSTS = ("calendar", "status", "rates", "menu", "weather", "rota", "notices", "board")
HIDDEN_HOSTS = ("safe", "store", "vault", "registry", "backup", "audit", "config", "legacy")
FOLDERS = ("public", "shared", "www", "outbox", "published")
PRIVATE = ("private", "internal", "keys", "restricted", "management", "office")
KINDS_OF_FILES = ("txt", "ini", "cfg", "log")
PRODUCTS = ("Quillo", "Deskly", "Brambox", "Folia", "Portello", "Tandem", "Ostrea", "Makko")
PASSWORD_WORDS = (
    *("anchor", "basil", "copper", "dune", "ember", "falcon", "granite", "harbor"),
    *("island", "juniper", "kettle", "lantern", "meadow", "nickel", "orchard", "pepper"),
)
LAYOUTS = ("top", "side", "foot")
LISTS = ("table", "list", "cards")
TAGS = (("h1", "section"), ("h2", "article"), ("h1", "div"), ("h2", "section"))
WORDS_FOR = {
    "nothing": ("Nothing found.", "No match.", "Nobody and nothing.", "There is none."),
    "missing": ("There is no such page.", "Not here.", "This address leads nowhere."),
    "denied": (
        *("You may not open this.", "This page is not for everybody.", "Your role does not do."),
    ),
    "wrong": ("That did not fit.", "Account or password is wrong.", "Please try again."),
    "error": ("Database error: {reason}", "Query failed ({reason})", "SQL: {reason}"),
}
