"""Classes of probes: each takes a stage and answers what it tried and found."""
