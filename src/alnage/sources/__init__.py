"""User files to validated Arrow tables: the only room that reads what users write.

CSV, XLSX and Parquet come in; tables of the contract go out, every row with its file and
row. Nothing is fetched, nothing is run, nothing outside the folder is opened.

    folder ── read_folder() ──> Folder(tables, rejected, files, findings)
"""

from alnage.sources.columns import Proposal, propose
from alnage.sources.folder import FileNote, Folder, read_folder
from alnage.sources.rejected import neutral, write_rejected

__all__ = ["FileNote", "Folder", "Proposal", "neutral", "propose", "read_folder", "write_rejected"]
