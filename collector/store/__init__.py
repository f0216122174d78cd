"""Tables, migrations and queries. One behaviour on SQLite and PostgreSQL."""
