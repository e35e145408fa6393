"""How much of a target can, must and probably does come from a group, and why.

Ledger ── Tracer ── result(target, group) ──> TraceResult
             │         reachable · min · expected · max · undocumented · unresolved · claimed
             │         custody · paths · gaps · evidence · incomplete
             ├── graph      lumps and edges
             ├── shares     one pass: proportional shares, reach, interval bounds
             ├── bounds     exact min and max as maximum flows
             ├── reach      a path for some choice of days
             └── explain    what went where, gaps, the chain for figures
"""

from alnage.trace.groups import Group, GroupName, parse_group
from alnage.trace.targets import Target
from alnage.trace.tracer import METHOD, Tracer, TraceResult

__all__ = ["METHOD", "Group", "GroupName", "Target", "TraceResult", "Tracer", "parse_group"]
