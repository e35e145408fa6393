"""What must be said beside an impact figure: how it was got, and what it leaves out.

A number without these sentences reads as more than it is. They are reasons like any other,
so that they appear in both languages and in every format.

    EdgeList, Network, EsriResult ──> esri_notes() ──> Reason, Reason, …
"""

from __future__ import annotations

import numpy as np

from alnage.impact.edges import EdgeList
from alnage.impact.esri import MOST_STEPS, REFERENCE_CHANGE, EsriResult, Stop
from alnage.impact.network import Network
from alnage.model import Reason


def esri_notes(
    edges: EdgeList, network: Network, result: EsriResult, stop: Stop
) -> tuple[Reason, ...]:
    """Notes on a run of the index, those that always hold first.

    Every link that the data do not have counts as no dependence at all; so that is said too.
    """
    notes = [
        Reason("impact_esri_model", {"firms": network.firms, "links": network.links}),
        Reason("impact_esri_reference", {"change": REFERENCE_CHANGE})
        if stop == "reference"
        else Reason("impact_esri_converged"),
    ]
    idle = network.firms - int(np.count_nonzero(network.strength))
    counts = {
        "impact_esri_idle": idle,
        "impact_esri_self_loops": edges.self_loops,
        "impact_esri_summed": edges.summed,
        "impact_esri_mixed": network.mixed,
    }
    notes += [Reason(code, {"count": count}) for code, count in counts.items() if count]
    if result.unsettled:
        notes.append(
            Reason("impact_esri_unsettled", {"count": result.unsettled, "steps": MOST_STEPS})
        )
    return tuple(notes)
