"""Changes queues, skills, agents and who has which contact."""
