"""What a process counts of its work, shown on /metrics of the web role."""

from prometheus_client import Counter

ACCEPTED = Counter("careloom_messages_accepted_total", "Customers' messages that were answered for.", ["channel"])
