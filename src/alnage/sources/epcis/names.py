"""Names of extensions with their whole namespace, whatever prefix a document gives it.

A JSON-LD context maps prefixes to namespaces. Only what stands in the document itself is
used; a context that is named by its address is known (EPCIS's own) or leaves the prefix as
it is. XML names have their namespace already. Both end as ``{namespace}local``.

    "example:field", @context ── Names.expand() ── "{http://ns.example.com/}field"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alnage.sources.epcis.json_reader import TWICE
from alnage.sources.epcis.vocabulary import PREFIXES


@dataclass(frozen=True, slots=True)
class Names:
    """Prefixes that are in force, and the names that they make whole."""

    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)

    @classmethod
    def of(cls, context: Any) -> Names:
        """The prefixes of a document's ``@context``, beside those that EPCIS has."""
        return cls().within(context)

    def within(self, context: Any) -> Names:
        """These prefixes with those of an inner ``@context``."""
        told = dict(_prefixes(context))
        return Names({**self.prefixes, **told}) if told else self

    def expand(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """An object whose names are whole, at every depth.

        >>> Names.of({"ex": "http://ns.example.com/"}).expand({"ex:a": [{"cbvmda:lot": 1}]})
        {'{http://ns.example.com/}a': [{'{urn:epcglobal:cbv:mda}lot': 1}]}
        """
        return {
            self.whole(name): self._inner(inner) for name, inner in value.items() if name != TWICE
        }

    def _inner(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self.expand(value)
        return [self._inner(item) for item in value] if isinstance(value, list) else value

    def whole(self, name: str) -> str:
        """One name with its namespace in braces, or as it is if its prefix is not known."""
        if name.startswith("{"):
            namespace, _, local = name[1:].partition("}")
        else:
            prefix, colon, local = name.partition(":")
            if not colon or prefix not in self.prefixes:
                return name
            namespace = self.prefixes[prefix]
        # XML and JSON-LD write the namespace of CBV's own attributes in two ways.
        if namespace == "urn:epcglobal:cbv:mda:":
            namespace = namespace[:-1]
        return f"{{{namespace}}}{local}"


def _prefixes(context: Any) -> list[tuple[str, str]]:
    if isinstance(context, Mapping):
        return [(n, ns) for n, ns in context.items() if isinstance(ns, str) and n[:1] != "@"]
    if isinstance(context, list):
        return [pair for item in context for pair in _prefixes(item)]
    return []
