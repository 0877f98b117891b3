"""The failover run: PostgreSQL under Patroni, whose primary is killed under load, and what came of it."""
