"""The edge: how a request becomes a transaction and an Actor, and how errors, limits and metrics look from outside."""
