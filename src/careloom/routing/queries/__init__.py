"""Reads queues, skills, agents, offers and the live board."""
