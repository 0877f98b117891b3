"""Mail as values: parsing, safe HTML, folding of quotes, verdicts, threading and composing."""
