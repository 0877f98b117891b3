"""Changes of cases, conversations and messages; one use case or noun a file."""
