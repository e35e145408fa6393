"""Room chain (see docs/architecture.md)."""
