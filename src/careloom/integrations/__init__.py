"""Data in and out: import of customers and conversations from other systems, export of a whole client, its restoring.

Publishes `import_changed` and `export_changed`. Rows of other capabilities are made by their commands; only the
archive of a whole client reads and writes every table as it lies, by the schema itself.
"""
