"""How the tables came to be, step by step. Run by `collector.store.database` whenever a store is opened."""
