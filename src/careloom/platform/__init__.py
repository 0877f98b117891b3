"""What every capability stands on: database, event log, jobs, access, audit, files, settings, web."""
