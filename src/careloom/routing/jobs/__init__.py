"""Background work of routing: the dispatcher, and consumers that keep offers, agents and figures up to date."""
