import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "epcis"


@pytest.fixture(scope="session")
def corpus():
    if not CORPUS.is_dir():
        pytest.skip("the corpora of EPCIS documents are not here")
    return CORPUS
