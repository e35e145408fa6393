"""Room screen (see docs/architecture.md)."""
