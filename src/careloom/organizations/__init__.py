"""Owns providers, sites, clients, programs and teams. Publishes OrganizationChanged."""
