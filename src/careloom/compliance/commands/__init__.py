"""Changes of compliance; one noun or use case a file."""
