"""Mail: its addresses, its way in and its way out."""
