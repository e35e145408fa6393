"""Write the pictures of the documentation from the bundled examples: pictures.py [check].

With ``check`` nothing is written; a picture that the product would draw otherwise is an error.
"""

import sys
from pathlib import Path

import alnage
from alnage.report import sankey

IMAGES = Path(__file__).parents[1] / "docs" / "images"
GROUP = "region:CN-XJ"


def pictures() -> dict[str, str]:
    folder = alnage.open_folder(alnage.example("cotton-tshirts"))
    drawn = {}
    for name, target in (("chain", "E-06"), ("chain-mixed", "E-04")):
        line = folder.trace(targets=[target], groups=[GROUP])[0]
        drawn[f"{name}.svg"] = sankey(
            line.chain, "en", title=f"{target}: {GROUP}", quantity_kg=line.quantity_kg
        )
    return drawn


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    stale = []
    for file, text in pictures().items():
        if sys.argv[1:] == ["check"]:
            if not (IMAGES / file).exists() or (IMAGES / file).read_text("utf-8") != text:
                stale.append(file)
        else:
            (IMAGES / file).write_text(text, "utf-8")
    sys.exit(f"out of date: {', '.join(stale)}; run scripts/pictures.py" if stale else 0)
