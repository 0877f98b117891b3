"""What benches share: an installation to measure, clients that cost little, the form of a result."""
