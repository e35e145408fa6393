"""Casework: remedies as data, cases as append-only events, documents kept unaltered.

    remedies/*.yaml ── standing ──> which remedies are open, until when
    Desk(workspace) ── casework ──> cases, their deadlines, what is missing

Nothing here is imported until it is asked for: the database toolkit loads with the store.
"""
