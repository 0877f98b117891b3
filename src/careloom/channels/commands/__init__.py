"""Changes that channels make; one use case or noun a file."""
