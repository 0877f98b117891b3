"""The provider, its sites and teams, and the six clients; every name is invented."""

from careloom.customers.types import AttributeField, AttributeKind
from careloom.demo.world.specs import ClientSpec, ProviderSpec, SiteSpec, TeamSpec
from careloom.organizations.types import Industry, Shore

PROVIDER = ProviderSpec("brindlewick", "Brindlewick Care", "brindlewick.example")

SITES = (
    SiteSpec("columbus", "Columbus", "US", "America/New_York", Shore.ONSHORE),
    SiteSpec("medellin", "Medellín", "CO", "America/Bogota", Shore.NEARSHORE),
    SiteSpec("cebu", "Cebu", "PH", "Asia/Manila", Shore.OFFSHORE),
)

OFFICE_TEAM = "columbus-office"
TEAMS = (
    TeamSpec("columbus-a", "columbus", "Columbus Elm"),
    TeamSpec("columbus-b", "columbus", "Columbus Oak"),
    TeamSpec("medellin-a", "medellin", "Medellín Ceiba"),
    TeamSpec("medellin-b", "medellin", "Medellín Guayacán"),
    TeamSpec("cebu-a", "cebu", "Cebu Narra"),
    TeamSpec("cebu-b", "cebu", "Cebu Molave"),
    TeamSpec(OFFICE_TEAM, "columbus", "Columbus Office"),
)

_CUSTOMER_SINCE = AttributeField("customer_since", "Customer since", AttributeKind.DATE)

CLIENTS = (
    ClientSpec(
        "bank",
        "Larkstead Bank",
        Industry.BANKING,
        "#1f4e8c",
        "us",
        "larkstead.example",
        (
            _CUSTOMER_SINCE,
            AttributeField("account", "Account", AttributeKind.CHOICE, ("Everyday", "Saver", "Premier")),
            AttributeField("card_blocked", "Card blocked", AttributeKind.BOOLEAN),
        ),
        ("CO", "PH", "US"),
    ),
    ClientSpec(
        "clinic",
        "Medlarfield Clinics",
        Industry.HEALTHCARE,
        "#0b6b61",
        "us",
        "medlarfield.example",
        (
            _CUSTOMER_SINCE,
            AttributeField("doctor", "Doctor", AttributeKind.CHOICE, ("Dr. Alexis", "Dr. Johnson", "Dr. Morgan")),
            AttributeField("reminders", "Wants reminders", AttributeKind.BOOLEAN),
            AttributeField("insurance", "Insurance number", AttributeKind.TEXT, sensitive=True, exact=True),
        ),
    ),
    ClientSpec(
        "hotel",
        "Stonequill Hotels",
        Industry.HOSPITALITY,
        "#8f3d14",
        "eu",
        "stonequill.example",
        (
            _CUSTOMER_SINCE,
            AttributeField("tier", "Guest tier", AttributeKind.CHOICE, ("Quill", "Silver Quill", "Gold Quill")),
            AttributeField("nights", "Nights this year", AttributeKind.NUMBER),
        ),
    ),
    ClientSpec(
        "airline",
        "Northfell Airways",
        Industry.TRAVEL,
        "#5a3ea6",
        "us",
        "northfell.example",
        (
            _CUSTOMER_SINCE,
            AttributeField("status", "Flyer status", AttributeKind.CHOICE, ("Blue", "Violet", "Summit")),
            AttributeField("seat", "Preferred seat", AttributeKind.CHOICE, ("Aisle", "Window")),
        ),
    ),
    ClientSpec(
        "rides",
        "Wheelwren Rides",
        Industry.MOBILITY,
        "#a11d5c",
        "us",
        "wheelwren.example",
        (
            _CUSTOMER_SINCE,
            AttributeField("home", "Home address", AttributeKind.TEXT),
            AttributeField("rides", "Rides this year", AttributeKind.NUMBER),
        ),
    ),
    ClientSpec(
        "homes",
        "Brackenrow Homes",
        Industry.HOUSING,
        "#4c6216",
        "us",
        "brackenrow.example",
        (
            _CUSTOMER_SINCE,
            AttributeField("fee_paid", "Application fee paid", AttributeKind.BOOLEAN),
            AttributeField("budget", "Budget a month", AttributeKind.NUMBER),
        ),
    ),
)
