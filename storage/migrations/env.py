"""Alembic's environment: it runs on the connection that ``storage.revisions`` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from storage.revisions import comparison_options

context.configure(connection=context.config.attributes["connection"], **comparison_options())
context.run_migrations()
