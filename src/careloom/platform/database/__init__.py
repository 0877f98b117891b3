"""The one store: embedded or external PostgreSQL, transactions that show an Actor only what is theirs, migrations."""
