"""Owns macros: canned replies of a client or of one of its programs."""
