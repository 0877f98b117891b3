"""The definition of every measure, and the counts that follow from the facts alone."""
