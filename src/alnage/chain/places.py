"""Where a site is, and how sure that is: inside a region, outside it, or possibly inside.

A region decides what goods are presumed to be, so it is never guessed. What a site states
itself counts. What it only inherits from its party can put content into a region, never
outside (a firm has sites elsewhere). A postal code, coordinates or an address that speak
for another region make the stated one doubtful: a finding, and "possible".

    parties, sites ──> Places ── stance("s1", "CN-XJ") = inside | outside | possible
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from alnage.model import Reason, RowSource

Stance = Literal["inside", "outside", "possible"]

# First two digits of PRC postal codes by province (ISO 3166-2).
POSTAL: Mapping[str, str] = {
    prefix: f"CN-{code}"
    for code, prefixes in {
        "BJ": "10", "SH": "20", "TJ": "30", "CQ": "40", "HE": "05 06 07", "SX": "03 04",
        "NM": "01 02", "LN": "11 12", "JL": "13", "HL": "15 16", "JS": "21 22", "ZJ": "31 32",
        "AH": "23 24", "FJ": "35 36", "JX": "33 34", "SD": "25 26 27", "HA": "45 46 47",
        "HB": "43 44", "HN": "41 42", "GD": "51 52", "GX": "53 54", "HI": "57",
        "SC": "61 62 63 64", "GZ": "55 56", "YN": "65 66 67", "XZ": "85 86", "SN": "71 72",
        "GS": "73 74", "QH": "81", "NX": "75", "XJ": "83 84",
    }.items()
    for prefix in prefixes.split()
}  # fmt: skip

# A coarse outline of Xinjiang, drawn a little inside its border (longitude, latitude).
XINJIANG_OUTLINE: tuple[tuple[float, float], ...] = (
    (74.2, 39.2), (75.2, 37.3), (78.3, 35.5), (80.5, 35.5), (84.0, 36.2), (88.0, 36.8),
    (90.6, 38.6), (93.0, 39.6), (95.6, 41.8), (95.0, 44.0), (91.0, 45.0), (90.6, 47.0),
    (87.6, 48.8), (85.8, 48.1), (83.2, 46.9), (82.6, 45.4), (80.4, 44.8), (80.6, 43.1),
    (80.0, 42.1), (77.0, 40.9),
)  # fmt: skip

# Names in an address that stand for Xinjiang, unless a street is named after them.
_ADDRESS = re.compile(
    r"(xinjiang|sinkiang|新疆|شىنجاڭ|urumqi|ürümqi|wulumuqi|乌鲁木齐|kashgar|kashi|喀什|hotan|hetian|和田"
    r"|aksu|akesu|阿克苏|korla|库尔勒|shihezi|石河子|changji|昌吉|turpan|吐鲁番|hami|哈密|karamay|克拉玛依"
    r"|yining|伊宁|ghulja|altay|阿勒泰|tacheng|塔城|kuitun|奎屯|aral|阿拉尔|tumxuk|图木舒克)"
    r"(?!\s*(?:road|rd\b|street|st\b|avenue|ave\b|lane|north road|south road|路|街|大道|巷))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site with what it states (own) and what it takes from its party (inherited)."""

    site: str
    party: str
    name: str
    country: str
    region: str
    inherited_country: str
    inherited_region: str
    implied: frozenset[str]
    source: RowSource | None

    @property
    def shown_country(self) -> str:
        """The country to show: the site's own, else its party's."""
        return self.country or self.inherited_country

    @property
    def shown_region(self) -> str:
        """The region to show: the site's own, else its party's."""
        return self.region or self.inherited_region

    def stance(self, region: str) -> Stance:
        """Whether the site lies in ``region``, as far as the data say.

        >>> site = Site("s", "p", "", "CN", "CN-SD", "", "", frozenset({"CN-XJ"}), None)
        >>> site.stance("CN-SD"), site.stance("CN-XJ"), site.stance("CN-HE")
        ('inside', 'possible', 'outside')
        """
        if region == self.shown_region:
            return "inside"
        if region in self.implied:
            return "possible"
        if self.region:
            return "outside"
        return "possible" if self.country in ("", region[:2]) else "outside"


class Places:
    """All sites of a folder; a site that no table declares is nowhere known."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._sites = {site.site: site for site in sites}

    def __getitem__(self, site: str) -> Site:
        return self._sites.get(site) or Site(site, "", "", "", "", "", "", frozenset(), None)

    def __contains__(self, site: object) -> bool:
        return site in self._sites

    def of_party(self, party: str) -> tuple[str, ...]:
        """Ids of the sites of a party."""
        return tuple(site.site for site in self._sites.values() if site.party == party)

    def findings(self) -> tuple[Reason, ...]:
        """One finding a site whose postal code, coordinates or address speak for another region."""
        return tuple(
            Reason(
                "region_contradicted",
                {"site": site.site, "region": site.shown_region, "implied": sorted(site.implied)},
                () if site.source is None else (site.source,),
            )
            for site in self._sites.values()
            if site.shown_region and site.implied - {site.shown_region}
        )


def implied_regions(
    country: str, postal_code: str, latitude: float | None, longitude: float | None, address: str
) -> frozenset[str]:
    """Regions that a postal code, coordinates or an address speak for.

    >>> implied_regions("CN", "830000", None, None, "")
    frozenset({'CN-XJ'})
    >>> implied_regions("CN", "", 39.47, 75.99, "") == implied_regions("CN", "", None, None, "喀什市")
    True
    >>> implied_regions("CN", "", None, None, "12 Xinjiang Road, Qingdao")
    frozenset()
    """
    found = set()
    if country in ("", "CN"):
        code = "".join(postal_code.split())
        if re.fullmatch(r"\d{6}", code) and code[:2] in POSTAL:
            found.add(POSTAL[code[:2]])
    if latitude is not None and longitude is not None and _inside(longitude, latitude):
        found.add("CN-XJ")
    if country in ("", "CN") and _ADDRESS.search(address):
        found.add("CN-XJ")
    return frozenset(found)


def _inside(x: float, y: float) -> bool:
    """Ray casting over the outline."""
    inside = False
    corners = XINJIANG_OUTLINE
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
