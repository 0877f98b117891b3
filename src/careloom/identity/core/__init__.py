"""Pure rules of who may do what."""
