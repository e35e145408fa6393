"""Measurements as ratios within one run: ``make bench``. Seconds are never compared across runs."""
