"""Room trace (see docs/architecture.md)."""
