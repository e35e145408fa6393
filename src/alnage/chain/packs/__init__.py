"""Product packs: stages, factors and steps of one material chain each, as data."""
