"""Which client, program and outcome each task of the dialogues belongs to."""

from msgspec import Struct


class Task(Struct, frozen=True):
    """A task of the dialogues: its client, its program, and how it is called in subjects and macros."""

    client: str
    program: str
    title: str
    subject: str


TASKS: dict[str, Task] = {
    "bank_balance": Task("bank", "bank-accounts", "Balance", "My account balance"),
    "bank_fraud_report": Task("bank", "bank-fraud", "Fraud", "Payment that I did not make"),
    "doctor_schedule": Task("clinic", "clinic-appointments", "Appointment", "Appointment with a doctor"),
    "doctor_followup": Task("clinic", "clinic-aftercare", "Follow-up", "Question after my visit"),
    "hotel_search": Task("hotel", "hotel-reservations", "Hotel search", "Looking for a room"),
    "hotel_book": Task("hotel", "hotel-reservations", "Reservation", "Room reservation"),
    "hotel_service_request": Task("hotel", "hotel-guests", "Room service", "Request during my stay"),
    "restaurant_search": Task("hotel", "hotel-events", "Restaurant search", "A place for dinner"),
    "restaurant_book": Task("hotel", "hotel-events", "Table", "Table reservation"),
    "party_plan": Task("hotel", "hotel-events", "Party", "Planning a party"),
    "party_rsvp": Task("hotel", "hotel-events", "RSVP", "Reply to an invitation"),
    "plane_search": Task("airline", "airline-flights", "Flight search", "Looking for a flight"),
    "plane_book": Task("airline", "airline-flights", "Flight", "Flight reservation"),
    "ride_book": Task("rides", "rides-bookings", "Ride", "Booking a ride"),
    "ride_change": Task("rides", "rides-trips", "Ride change", "Change to my ride"),
    "ride_status": Task("rides", "rides-trips", "Ride status", "Where is my ride?"),
    "apartment_search": Task("homes", "homes-lettings", "Apartment search", "Looking for an apartment"),
    "apartment_schedule": Task("homes", "homes-lettings", "Viewing", "Apartment viewing"),
}

# The first part of a reply's label, or of a look-up's name, tells the business that the agent was in.
DOMAIN_CLIENT: dict[str, str] = {
    "bank": "bank",
    "doctor": "clinic",
    "hotel": "hotel",
    "restaurant": "hotel",
    "party": "hotel",
    "plane": "airline",
    "ride": "rides",
    "apartment": "homes",
}
FOREIGN_DOMAINS = frozenset({"trip", "trivia", "weather", "meeting", "spaceship"})

CLIENTS = ("bank", "clinic", "hotel", "airline", "rides", "homes")

# The last of these replies that the agent gave decides the outcome, where the dialogue has one.
_OUTCOME_OF_LABEL: dict[str, str] = {
    "bank_inform_balance": "Balance given",
    "bank_inform_fraud_report_submitted": "Fraud report filed",
    "bank_inform_cannot_authenticate": "Could not verify identity",
    "doctor_inform_booking_successful": "Appointment booked",
    "doctor_inform_booking_unavailable": "No appointment available",
    "doctor_inform_doctors_instructions": "Instructions given",
    "hotel_reservation_succeeded": "Room booked",
    "hotel_unavailable": "No room available",
    "hotel_reservation_failed": "Booking failed",
    "hotel_provide_search_result": "Information given",
    "hotel_inform_rating": "Information given",
    "hotel_inform_service_request_successful": "Service request placed",
    "hotel_inform_service_request_failed": "Service request declined",
    "restaurant_inform_booking_successful": "Table booked",
    "restaurant_inform_unavailable": "No table available",
    "restaurant_inform_booking_failed": "Booking failed",
    "restaurant_inform_search_results": "Information given",
    "party_booking_successful": "Event booked",
    "party_venue_not_available": "No venue available",
    "party_no_venue_available": "No venue available",
    "party_booking_failed": "Booking failed",
    "party_confirm_rsvp": "RSVP recorded",
    "plane_reservation_succeeded": "Flight booked",
    "plane_flight_unavailable": "No flight available",
    "plane_reservation_failed": "Booking failed",
    "plane_inform_flight_details": "Information given",
    "ride_confirm_booking": "Ride booked",
    "ride_provide_driver_details": "Ride booked",
    "ride_bye": "Ride booked",
    "ride_inform_changes_successful": "Ride changed",
    "ride_inform_changes_failed": "Change not possible",
    "ride_provide_booking_status": "Information given",
    "ride_provide_booking_status_update": "Information given",
    "apartment_inform_booking_successful": "Viewing booked",
    "apartment_inform_viewing_unavailable": "No viewing available",
    "apartment_inform_search_result": "Information given",
}

GENERAL_OUTCOME = "Question answered"
SILENT_OUTCOME = "Customer stopped answering"


def outcome_of(labels: tuple[str, ...], task: str) -> str:
    """Return the disposition's name for the replies that an agent gave in a dialogue about `task`."""
    for label in reversed(labels):
        outcome = _OUTCOME_OF_LABEL.get(label)
        if label == "ride_bye" and task != "ride_book":
            continue
        if outcome is not None:
            return outcome
    return GENERAL_OUTCOME


def outcomes_of_client(client: str) -> tuple[str, ...]:
    """Return the names of all dispositions that a client needs, the general ones last."""
    own = dict.fromkeys(
        outcome for label, outcome in _OUTCOME_OF_LABEL.items() if DOMAIN_CLIENT[label.split("_", 1)[0]] == client
    )
    return (*own, GENERAL_OUTCOME, SILENT_OUTCOME)


def is_resolved(outcome: str) -> bool:
    """Say whether an outcome means that the customer's wish was fulfilled."""
    return not (
        outcome.startswith(("No ", "Could not"))
        or outcome.endswith(("failed", "declined", "not possible"))
        or outcome == SILENT_OUTCOME
    )
