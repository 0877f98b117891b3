"""Rules of compliance: protocols and deadlines of incidents, terms of requests, the readable export."""
