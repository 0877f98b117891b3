"""The log of what happened: written with the change itself, read in order without gaps, consumed exactly once."""
