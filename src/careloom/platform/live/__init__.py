"""What the desk's sockets are told: events of the log that their person may see, and who else is looking."""
