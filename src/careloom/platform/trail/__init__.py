"""The audit trail's chains: entries sealed by hash, verified, checkpointed, exported."""
