"""How the tables of cases came to be, a revision a file in ``versions``."""
