"""Alembic runs this file for every command, on the connection that `core.store.migrate` gives it."""

from __future__ import annotations

from alembic import context

from core.store.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=connection.dialect.name != "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
