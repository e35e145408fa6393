"""One folder on disk: tables, catalogue, chain of records, settings, runs; the only owner of paths."""

from alnage.workspace.chain import Audit, Record, RecordId, canonical
from alnage.workspace.runs import Replay, RunRecord, file_hashes, read_run, replay, write_run
from alnage.workspace.settings import Setting, resolve
from alnage.workspace.store import Workspace

__all__ = [
    "Audit",
    "Record",
    "RecordId",
    "Replay",
    "RunRecord",
    "Setting",
    "Workspace",
    "canonical",
    "file_hashes",
    "read_run",
    "replay",
    "resolve",
    "write_run",
]
