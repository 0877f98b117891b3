"""What a contact costs."""

from decimal import Decimal


def cost_per_contact(fully_loaded_cost: Decimal, handled: int) -> Decimal | None:
    """Fully loaded cost / handled, in the currency of the cost."""
    return None if handled == 0 else fully_loaded_cost / handled
