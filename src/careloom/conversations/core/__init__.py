"""Pure rules of a conversation: its status, the phases of its life, and the intervals they leave as facts."""
