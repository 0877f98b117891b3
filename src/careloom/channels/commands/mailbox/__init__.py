"""Mailboxes at other providers: set up, connected to, and polled."""
