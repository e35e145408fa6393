"""The stories behind the bundled examples: one module a story, one book of rows for all."""
