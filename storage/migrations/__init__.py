"""The revisions of the schema; ``python -m storage.migrations MESSAGE`` drafts the next one."""
