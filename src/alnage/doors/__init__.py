"""Room doors (see docs/architecture.md)."""
