"""Reads of cases, conversations, messages, files and of what agents keep beside them."""
