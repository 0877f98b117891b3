"""The living demo: a made-up contact centre whose contacts are real customer-service dialogues.

Owns the packed dialogues, the demo world, the traffic generator and the simulated agents. Publishes nothing:
it speaks to the rest of the system only through the channels and the API that everybody uses.
"""
