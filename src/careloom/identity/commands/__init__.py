"""Makes and changes people, sessions and keys."""
