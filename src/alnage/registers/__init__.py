"""Room registers (see docs/architecture.md)."""
