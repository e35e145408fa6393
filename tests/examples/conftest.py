"""The stories stand in scripts/, which is no package of the product."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
