"""The version of the product, named by every result."""

__version__ = "0.1.0"
