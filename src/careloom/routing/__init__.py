"""Routing: queues, skills, presence and capacity, and who is offered which contact.

Publishes QueueChanged, AgentProfileChanged, PresenceChanged, OfferMade and OfferEnded.
"""
