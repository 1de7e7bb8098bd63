"""What is known of each industry: the words of its goals, its people, its paper and its secrets."""

from __future__ import annotations

import re
from typing import NamedTuple


class Industry(NamedTuple):
    """The vocabulary of one industry.

    Args:
        hints: Words of a goal that tell it, as the beginnings of words.
        companies: Names of companies.
        customers: Whom they serve, in the plural.
        nouns: What they handle, in the singular; also words of addresses.
        titles: Job titles.
        services: What their internal systems are called.
        secrets: What is guarded there.
    """

    hints: tuple[str, ...]
    companies: tuple[str, ...]
    customers: str
    nouns: tuple[str, ...]
    titles: tuple[str, ...]
    services: tuple[str, ...]
    secrets: tuple[str, ...]


INDUSTRIES: dict[str, Industry] = {
    "logistics": Industry(
        ("logistic", "ship", "freight", "cargo", "port ", "harbo", "courier", "parcel", "haul"),
        ("Tidewater Freight", "Northgate Haulage", "Anchor Lane Shipping", "Pell & Daughters"),
        "shippers",
        ("container", "pallet", "waybill", "berth", "manifest", "seal", "depot", "tariff"),
        ("Dispatcher", "Customs clerk", "Yard foreman", "Route planner", "Freight broker"),
        ("Yard", "Customs Desk", "Gatehouse", "Tariffs", "Fleet"),
        ("seal code of the bonded store", "gate override", "customs release code"),
    ),
    "veterinary": Industry(
        ("vet", "animal", "pet ", "pets", "kennel", "zoo"),
        ("Willowbrook Animal Clinic", "Paws & Hooves", "Riverside Vets", "The Grey Heron Practice"),
        "pet owners",
        ("patient", "vaccine", "kennel", "surgery", "litter", "microchip", "ward", "dosage"),
        ("Veterinary surgeon", "Head nurse", "Receptionist", "Kennel hand", "Anaesthetist"),
        ("Ward", "Dispensary", "Surgery List", "Chip Register", "Laboratory"),
        ("code of the medicine cabinet", "dispensary override", "controlled drugs code"),
    ),
    "healthcare": Industry(
        ("health", "hospital", "clinic", "doctor", "medic", "dent", "nurs", "pharma"),
        ("Elmfield Surgery", "Quay Street Clinic", "St Brannock Care", "Lindal Dental"),
        "patients",
        ("referral", "ward", "prescription", "scan", "roster", "bed", "sample", "theatre"),
        ("Practice nurse", "Ward clerk", "Radiographer", "Pharmacist", "Registrar"),
        ("Pharmacy", "Rota", "Imaging", "Pathology", "Admissions"),
        ("code of the drugs cupboard", "emergency access code", "records seal"),
    ),
    "finance": Industry(
        ("financ", "bank", "invest", "insur", "credit", "loan", "account", "tax"),
        ("Calder Mutual", "Fenwick & Strand", "Third Street Credit", "Ashgrove Underwriting"),
        "clients",
        ("ledger", "policy", "claim", "mandate", "invoice", "branch", "audit", "portfolio"),
        ("Claims adjuster", "Loan officer", "Auditor", "Treasury clerk", "Underwriter"),
        ("Treasury", "Claims Desk", "Payments", "Underwriting", "Reconciliation"),
        ("payment release code", "vault combination", "dual control phrase"),
    ),
    "education": Industry(
        ("educat", "school", "universit", "college", "teach", "student", "tuition", "librar"),
        ("Harrow Lane School", "Brackley College", "The Orchard Academy", "Mill House Tutors"),
        "families",
        ("course", "timetable", "essay", "classroom", "bursary", "exam", "locker", "syllabus"),
        ("Head of year", "Librarian", "Bursar", "Laboratory technician", "Exams officer"),
        ("Exams Office", "Bursary", "Timetables", "Library", "Registry"),
        ("key of the exam safe", "paper release code", "registry override"),
    ),
    "retail": Industry(
        ("retail", "shop", "store", "bakery", "cafe", "restaurant", "fashion", "grocer", "market"),
        ("Marlow's Corner", "Copper Kettle Stores", "Dunne & Able", "Lantern Street Goods"),
        "customers",
        ("voucher", "basket", "shelf", "delivery", "receipt", "display", "return", "label"),
        ("Shop manager", "Buyer", "Stock controller", "Visual merchandiser", "Cashier"),
        ("Stockroom", "Tills", "Purchasing", "Loyalty", "Deliveries"),
        ("safe combination", "till override", "code of the cash office"),
    ),
    "energy": Industry(
        ("energy", "power", "solar", "wind", "electric", "grid", "utilit", "water", "gas "),
        ("Highmoor Power", "Sunfield Co-operative", "Brae Hydro", "Eastline Utilities"),
        "households",
        ("turbine", "meter", "outage", "substation", "transformer", "permit", "feeder", "tariff"),
        ("Control room operator", "Meter engineer", "Outage planner", "Field fitter", "Dispatcher"),
        ("Control Room", "Metering", "Outages", "Permits", "Telemetry"),
        ("breaker override", "permit master code", "control room phrase"),
    ),
    "services": Industry(
        (),
        ("Northlight Services", "Harbor & Finch", "Bluefield Partners", "Cedar Lane Group"),
        "customers",
        ("project", "contract", "visit", "quote", "survey", "report", "booking", "template"),
        ("Office coordinator", "Account manager", "Field engineer", "Payroll clerk", "Consultant"),
        ("Projects", "Payroll", "Contracts", "Archive", "Bookings"),
        ("recovery code", "master access code", "safe combination"),
    ),
}
"""By name. The last one is for whatever no other fits."""


def told_by(goal: str) -> str | None:
    """The industry that the words of a goal tell, if they tell one.

    Args:
        goal: What the user wrote.

    Returns:
        Its name: that of the hint which stands first; None if there is no hint.
    """
    text = f" {' '.join(re.findall('[a-z]+', goal.lower()))} "
    places = [
        (text.find(f" {hint}"), name)
        for name, industry in INDUSTRIES.items()
        for hint in industry.hints
        if f" {hint}" in text
    ]
    return min(places)[1] if places else None


FIRST_NAMES = (
    *("Ada", "Ben", "Clara", "David", "Elif", "Finn", "Grace", "Hugo", "Ines", "Jonas", "Kavya"),
    *("Liam", "Mara", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samir", "Tess", "Umar"),
    *("Vera", "Wanda", "Xenia", "Yusuf", "Zoe", "Amir", "Bianca", "Cedric", "Dalia", "Emil"),
    *("Farah", "Gustav", "Hana", "Igor", "Julia", "Kofi", "Lena", "Mateo", "Noor", "Olga"),
)
LAST_NAMES = (
    *("Novak", "Okafor", "Lindqvist", "Moreau", "Kaya", "Byrne", "Costa", "Dahl", "Endo", "Farkas"),
    *(
        "Greco",
        "Haddad",
        "Ivanov",
        "Jensen",
        "Khan",
        "Larsen",
        "Mbeki",
        "Nowak",
        "Ortega",
        "Petrov",
    ),
    *("Quist", "Rossi", "Sato", "Tanaka", "Ueda", "Varga", "Weber", "Xu", "Yilmaz", "Zeman"),
    *("Abbas", "Brandt", "Cohen", "Duarte", "Ekholm", "Fischer", "Gomez", "Hansen", "Ito", "Jain"),
)
DEPARTMENTS = ("Front desk", "Operations", "Accounts", "People", "Technology", "Quality")
ROOMS = ("A1", "A4", "B2", "B7", "C3", "D5", "E1", "E9")
TITLES = ("Office coordinator", "Trainee", "Secretary", "Systems administrator", "Payroll clerk")

NOTICES = (
    ("{noun} day", "On {day} we count every {noun}. Please keep the {other} list at hand."),
    ("Fire drill", "The drill is on {day} at ten. Please use the east stairs."),
    ("New forms", "The form for a {noun} has changed. Old ones are accepted until {day}."),
    ("Parking", "Two places by the gate are kept for {customers} from {day} on."),
    ("Thank you", "Last month no {noun} was late. Cake is in the kitchen on {day}."),
    ("Opening hours", "On {day} we close at noon. Tell {customers} who call."),
    ("Lost property", "A scarf was found beside the {noun} cabinet. Ask at the front desk."),
    ("Holiday calendar", "Enter your days off before {day}. {customers} come first in June."),
)
RECORDS = (
    ("{noun} {number}", "Checked on {day}. The {other} was missing and has been asked for."),
    ("{noun} review", "Two of {number} were not as agreed. To be looked at again on {day}."),
    ("Travel expenses {number}", "Submitted with four receipts. Waiting for approval."),
    ("Complaint {number}", "About a {noun} that came on {day}. Answered, and closed."),
    ("Meeting notes", "Agreed to move the {noun} meeting to {day}. {customers} were told."),
    ("Supplier contract {number}", "Renewed for twelve months under the same terms."),
    ("{other} request", "One {other} for every {noun}, at the latest by {day}."),
    ("Training plan", "Two courses on the {noun} are booked, one is still open."),
)
FILES = (
    ("opening-hours", "Monday to Friday, eight to five. Closed on public holidays."),
    ("map", "Enter by the gate. The office is on the left, the {noun} store on the right."),
    ("first-aid", "Boxes hang in the kitchen and beside the stairs. Call the front desk."),
    ("travel-form", "Name, date, distance, receipts. Hand it in by the end of the month."),
    ("glossary", "The words that newcomers ask about: {noun}, {other}, and so on."),
    ("{noun}-checklist", "One: count. Two: sign. Three: file it with the {other}."),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TAGLINES = (
    "Every {noun}, on time.",
    "Good work, delivered quietly.",
    "Small team, steady hands.",
    "{customers} first, since the first day.",
)
ABOUTS = (
    "We look after each {noun} as if it were our own. Here we keep our notices and our paperwork.",
    "What began as an office of two now serves hundreds of {customers}. This is our portal.",
    "{customers} rely on us for plain things, done on time. Colleagues and news are found here.",
)
STORIES = (
    "You joined as a trainee security analyst. Look the portal over before an audit does.",
    "The company wants a friendly review of its portal, and lends you an ordinary account.",
    "The portal is said to show more than it should. You have an account and an afternoon.",
    "After a rumour among {customers}, you are asked what an ordinary employee could see.",
)
