"""Runs the changes on the connection that the store hands in; imported by anybody else than Alembic it does nothing."""

from alembic import context

settings = getattr(context, "config", None)
if settings is not None:
    context.configure(connection=settings.attributes["connection"], transactional_ddl=False)
    context.run_migrations()
