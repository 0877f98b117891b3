"""Pure rules of customers: how addresses are written, what attributes may hold, who may be the same person."""
