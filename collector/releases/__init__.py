"""Which versions of browsers and systems there are: fetched, and kept as a document."""
