"""The enterprise's page: where it is listed and why, what follows, what is open, what it lost.

The mirror of the consignment's page. Three things are kept apart because confusing them
costs an enterprise its case: what follows from the listing and what from the place; what
would change by removal and what would remain; what was reported and what was modelled.

    result of `alnage enterprise` ── templates/enterprise.html.j2 ──> HTML text
"""

from __future__ import annotations

from alnage.report.html import page
from alnage.report.reading import Json, items, word
from alnage.report.text import enterprise_name
from alnage.report.wording import Wording, language


def render_enterprise_html(result: Json, lang: str) -> str:
    """The report of ``alnage enterprise`` as one HTML document.

    ``result`` is the JSON value of that command; absent keys leave their part out.

    Raises:
        OptionError: for a language without a catalogue.

    >>> page = render_enterprise_html({"enterprise": {"name": "Mill"}, "date": "2025-01-15"}, "en")
    >>> "Enterprise report: Mill" in page
    True
    """
    say = Wording(language(lang))
    follows = [
        (key, head, [item for item in items(result, "follows") if word(item, "by") == key])
        for key, head in (
            ("listing", say.t("follows_listing")),
            ("place", say.t("follows_place")),
            ("content", say.t("follows_content")),
        )
    ]
    return page(
        "enterprise.html.j2",
        lang,
        {},
        result=result,
        name=enterprise_name(result),
        follows=[entry for entry in follows if entry[2]],
    )
