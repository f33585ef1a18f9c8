"""Mirror, match index, docket, ledger, outbox, cursors on SQLite or PostgreSQL."""
