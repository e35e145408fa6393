"""Restricted-party registers: dated versions, imports, differences, exact identity of names."""

from alnage.registers.importing import Import, import_file
from alnage.registers.register import Register, noted, register_from_json, register_to_json
from alnage.registers.store import Registers, Version, verify

__all__ = [
    "Import",
    "Register",
    "Registers",
    "Version",
    "import_file",
    "noted",
    "register_from_json",
    "register_to_json",
    "verify",
]
