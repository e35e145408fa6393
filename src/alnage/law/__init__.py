"""Room law (see docs/architecture.md)."""
