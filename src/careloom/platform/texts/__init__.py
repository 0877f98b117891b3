"""What the program says to people: English templates with values, rendered in the reader's language."""
