"""What stands in a slot that the design left blank."""

from __future__ import annotations

COMPANIES = ("Northlight Services", "Harbor & Finch", "Bluefield Partners", "Cedar Lane Group")
TAGLINES = (
    "Good work, delivered quietly.",
    "Small team, steady hands.",
    "We answer the phone.",
    "Here since the first day.",
)
ABOUTS = (
    "We are a small company with customers in the region. Here we keep our notices and our files.",
    "What began as an office of two now looks after hundreds of customers. This is our portal.",
    "Our customers rely on us for plain things, done on time. Colleagues and news are found here.",
)
STORIES = (
    "You joined as a trainee security analyst. Look the staff portal over before an audit does.",
    "The company wants a friendly review of its staff portal, and lends you an ordinary account.",
    "The staff portal is said to show more than it should. You have an account and an afternoon.",
)
NAMES = ("Ada Novak", "Ben Okafor", "Clara Lindqvist", "David Moreau", "Elif Kaya", "Finn Byrne")
TITLES = (
    "Office coordinator",
    "Account manager",
    "Field engineer",
    "Payroll clerk",
    "Systems administrator",
    "Customer advisor",
)
NOTICE_TITLES = ("Holiday calendar", "New coffee machine", "Fire drill", "Parking")
NOTICE_BODIES = (
    "Please enter your days off before the end of the month.",
    "It stands on the second floor. The manual hangs beside it.",
    "The drill is on Thursday at ten. Please use the east stairs.",
    "The two places by the gate are kept for visitors.",
)
RECORD_TITLES = ("Travel expenses", "Laptop handover", "Training plan", "Desk booking")
RECORD_BODIES = (
    "Submitted with four receipts. Waiting for approval.",
    "Received in good condition, with charger and docking station.",
    "Two courses are booked for spring, one is still open.",
    "Desk by the window, Monday to Wednesday.",
)

# Records of the colleagues, whom no design describes further.
COLLEAGUE_RECORDS = (
    ("Quarterly figures", "Draft for the next meeting. Numbers are not final."),
    ("Supplier contract", "Renewed for twelve months under the same terms."),
    ("Meeting notes", "Agreed to move the weekly meeting to Tuesday."),
    ("Phone list", "Extension numbers are updated every Friday."),
)
SEALED_TITLES = (
    "Confidential: recovery code",
    "Confidential: emergency access",
    "Confidential: master key",
)

# Files that everybody who has signed in may download.
PUBLIC_FILES = (
    ("opening-hours.txt", "Monday to Friday, eight to five. Closed on public holidays."),
    ("map.txt", "Enter by the gate. The office is on the left, the store on the right."),
    ("first-aid.txt", "Boxes hang in the kitchen and beside the stairs. Call the front desk."),
    ("travel-form.txt", "Name, date, distance, receipts. Hand it in by the end of the month."),
    ("glossary.txt", "The words that newcomers ask about, in alphabetical order."),
)
