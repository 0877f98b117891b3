"""What happened at the demo's clients before today, done over the public API in the names of the demo's people."""
