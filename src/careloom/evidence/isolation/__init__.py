"""The adversarial isolation suite: two full clients in a fresh database, and everything that one tries on the other."""
