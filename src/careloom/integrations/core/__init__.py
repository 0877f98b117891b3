"""Pure rules of data in and out: how files are read, what an archive is made of."""
