"""Alembic's entry: runs the revisions on the connection that `connector.store.upgrade` hands over."""

from alembic import context

from connector.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
