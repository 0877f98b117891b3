"""Changes of customers; one noun or use case a file."""
