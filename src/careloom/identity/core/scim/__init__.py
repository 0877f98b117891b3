"""SCIM 2.0 (RFC 7643, 7644) without a database: filters, patches, and what resources look like."""
