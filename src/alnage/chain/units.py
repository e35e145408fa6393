"""Units of quantity to kilograms: UN/ECE Recommendation 20 codes and common spellings.

Mass converts by itself. Pieces, metres and other counts need a weight: ``unit_weight_kg``
of the product whose id or name is the material. A unit without either is no quantity,
and its row is rejected; nothing is guessed.

    (unit, material) ──> Scale ── kilograms per unit, or None with the reason's code
"""

from __future__ import annotations

from collections.abc import Mapping

# Kilograms per unit (exact by definition of the international pound and the units of
# UN/ECE Recommendation 20; jin and dan by the PRC's market system of 1959).
MASS: Mapping[str, float] = {
    **dict.fromkeys(("kgm", "kg", "kgs", "kilogram", "kilograms", "kilo", "kilos"), 1.0),
    **dict.fromkeys(("公斤", "千克"), 1.0),
    **dict.fromkeys(("grm", "g", "gr", "gram", "grams", "克"), 1e-3),
    **dict.fromkeys(("mgm", "mg", "milligram"), 1e-6),
    **dict.fromkeys(("tne", "t", "mt", "ton", "tons", "tonne", "tonnes", "metric ton"), 1000.0),
    **dict.fromkeys(("metric tons", "metric tonne", "metric tonnes", "吨", "公吨"), 1000.0),
    **dict.fromkeys(("ktn", "kilotonne", "kt"), 1e6),
    **dict.fromkeys(("dtn", "quintal", "centner", "decitonne"), 100.0),
    **dict.fromkeys(("lbr", "lb", "lbs", "pound", "pounds", "磅"), 0.45359237),
    **dict.fromkeys(("onz", "oz", "ounce", "ounces", "盎司"), 0.028349523125),
    **dict.fromkeys(("stn", "short ton", "short tons", "us ton", "短吨"), 907.18474),
    **dict.fromkeys(("ltn", "long ton", "long tons", "长吨"), 1016.0469088),
    **dict.fromkeys(("cwa", "cwt", "us hundredweight"), 45.359237),
    **dict.fromkeys(("cwi", "uk hundredweight"), 50.80234544),
    **dict.fromkeys(("jin", "斤", "市斤"), 0.5),
    **dict.fromkeys(("dan", "担", "市担"), 50.0),
}

# How many of the product's unit (the one that unit_weight_kg weighs) a unit holds.
COUNT: Mapping[str, float] = {
    **dict.fromkeys(("h87", "c62", "ea", "pce", "pcs", "pc", "piece", "pieces", "each"), 1.0),
    **dict.fromkeys(("unit", "units", "number", "nmb", "no", "set", "sets"), 1.0),
    **dict.fromkeys(("件", "个", "条", "套", "块", "片", "只", "pa", "pk", "xpk", "bx"), 1.0),
    **dict.fromkeys(("npr", "pr", "pair", "pairs", "双"), 1.0),
    **dict.fromkeys(("dzn", "doz", "dozen", "dozens", "打"), 12.0),
    **dict.fromkeys(("mil", "thousand"), 1000.0),
    **dict.fromkeys(("mtr", "m", "metre", "metres", "meter", "meters", "米"), 1.0),
    **dict.fromkeys(("kmt", "km"), 1000.0),
    **dict.fromkeys(("mtk", "m2", "sqm", "平方米"), 1.0),
    **dict.fromkeys(("yrd", "yd", "yard", "yards", "码"), 0.9144),
    **dict.fromkeys(("bl", "bale", "bales", "包", "roll", "rolls", "卷"), 1.0),
    **dict.fromkeys(("ltr", "l", "litre", "litres", "liter", "liters", "升"), 1.0),
}


def unit_key(unit: str) -> str:
    """The spelling that the tables use.

    >>> unit_key(" KGS. ")
    'kgs'
    """
    return " ".join(unit.casefold().split()).rstrip(".")


def kilograms_per_unit(unit: str, unit_weight_kg: float | None) -> tuple[float | None, str]:
    """Kilograms that one ``unit`` weighs, and the reason's code where there is none.

    >>> kilograms_per_unit("LBR", None)
    (0.45359237, '')
    >>> kilograms_per_unit("dozen", 0.25), kilograms_per_unit("pcs", None)
    ((3.0, ''), (None, 'unit_needs_weight'))
    >>> kilograms_per_unit("stones", None)
    (None, 'unit_unknown')
    """
    key = unit_key(unit)
    if key in MASS:
        return MASS[key], ""
    if key in COUNT:
        if unit_weight_kg is None:
            return None, "unit_needs_weight"
        return COUNT[key] * unit_weight_kg, ""
    return None, "unit_unknown"
