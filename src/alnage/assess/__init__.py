"""Room assess (see docs/architecture.md)."""
