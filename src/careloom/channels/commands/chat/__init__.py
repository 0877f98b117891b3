"""What visitors of chat widgets do; one use case a file."""
