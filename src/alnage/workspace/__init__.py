"""Room workspace (see docs/architecture.md)."""
