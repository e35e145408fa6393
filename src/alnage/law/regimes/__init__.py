"""Data of the package."""
