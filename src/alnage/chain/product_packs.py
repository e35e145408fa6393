"""Product packs: what a material chain's stages stand for in raw material, and its steps.

A pack is a YAML file in ``chain/packs`` (more come in through the entry point
``alnage.packs``): stages with their names, HS codes and a ratio to the stage before,
by-products, and steps with the inputs that they name. From the ratios follows one
factor a material: the kilograms of the pack's base material that one kilogram stands
for. Materials that no pack knows have factor 1; the factor belongs to the material,
never to one factory.

    packs/*.yaml ──> Packs.load() ── factor("carded yarn") = 1.143
                                  └─ step("spinning") ── names lint ── thread is a component
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any

from alnage.model import Citation

# Work that makes nothing: what comes out is what went in (design: groups).
NOT_MAKING: Mapping[str, tuple[str, ...]] = {
    "repack": ("repack", "repacking", "packing", "分装", "重新包装", "包装"),
    "store": ("store", "storage", "storing", "warehousing", "仓储", "储存"),
    "test": ("test", "testing", "inspection", "检测", "检验"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A material of a pack: its factor to the base material (0 for by-products).

    ``low`` to ``high`` is the cited range of kilograms of the stage ``before`` per kilogram;
    ``documents`` the kinds of evidence (words of the law data) that show where it comes from.
    """

    pack: str
    stage: str
    material: str
    factor: float
    hs: tuple[str, ...]
    before: str
    low: float
    high: float
    source: Citation | None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of making: which stages it takes and gives, and the documents that show it."""

    pack: str
    step: str
    inputs: frozenset[str]
    outputs: frozenset[str]
    documents: tuple[str, ...]


def _key(word: str) -> str:
    return " ".join(word.casefold().split())


class Packs:
    """All packs together, asked by the words that users write.

    >>> packs = Packs.load()
    >>> packs.factor("Carded Yarn"), packs.factor("棉纱"), packs.factor("buttons")
    (1.143, 1.143, 1.0)
    >>> packs.step("纺纱").step, packs.step("embroidery") is None
    ('spin', True)
    """

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        self._stages: dict[str, Stage] = {}
        self._steps: dict[str, list[Step]] = {}
        self._materials: dict[str, str] = {}
        self.versions: dict[str, str] = {}
        for pack in documents:
            self.versions[pack["id"]] = str(pack["version"])
            for name in (pack["material"], *pack["names"].values()):
                self._materials[_key(name)] = pack["material"]
            self._read_stages(pack)
            self._read_steps(pack)

    @classmethod
    def load(cls) -> Packs:
        """Read the packs of every package that offers some (entry point ``alnage.packs``)."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        places = {point.value for point in entry_points(group="alnage.packs")}
        places.add("alnage.chain.packs")
        found = [
            file
            for place in sorted(places)
            for file in sorted(files(place).iterdir(), key=lambda entry: entry.name)
            if file.name.endswith(".yaml")
        ]
        return cls(yaml.load(file.read_text("utf-8"), loader) for file in found)  # noqa: S506 (safe loader)

    def stage(self, material: str) -> Stage | None:
        """The stage that a material word names, or None."""
        return self._stages.get(_key(material))

    def material(self, word: str) -> str | None:
        """The material of the pack that a word names, or one of whose stages it names.

        >>> Packs.load().material("番茄酱"), Packs.load().material("cobalt")
        ('tomato', None)
        """
        stage = self.stage(word)
        return self._materials.get(_key(word)) or (stage.material if stage else None)

    def words_of(self, material: str) -> tuple[str, ...]:
        """Every word that names the material or one of its stages."""
        names = [word for word, known in self._materials.items() if known == material]
        stages = [word for word, stage in self._stages.items() if stage.material == material]
        return tuple(dict.fromkeys([*names, *stages]))

    def materials_of_hs(self, code: str) -> tuple[str, ...]:
        """The materials of which a stage bears the HS code, or a heading above or below it.

        >>> Packs.load().materials_of_hs("2002.90.80"), Packs.load().materials_of_hs("0101.21")
        (('tomato',), ())
        """
        digits = code.replace(".", "")
        found = {
            stage.material
            for stage in self._stages.values()
            for known in (one.replace(".", "") for one in stage.hs)
            if digits.startswith(known) or known.startswith(digits)
        }
        return tuple(sorted(found))

    def factor(self, material: str) -> float:
        """Kilograms of base material that a kilogram stands for; 1 where no pack knows it."""
        stage = self.stage(material)
        return 1.0 if stage is None else stage.factor

    def step(self, word: str) -> Step | None:
        """The first step of any pack that goes by this word, or None."""
        steps = self._steps.get(_key(word))
        return steps[0] if steps else None

    def names_input(self, word: str, material: str) -> bool:
        """Whether some step called ``word`` names ``material`` as an input."""
        stage = self.stage(material)
        steps = self._steps.get(_key(word), ())
        return stage is not None and any(
            stage.pack == step.pack and stage.stage in step.inputs for step in steps
        )

    @cached_property
    def _not_making(self) -> frozenset[str]:
        return frozenset(_key(word) for words in NOT_MAKING.values() for word in words)

    def makes(self, word: str) -> bool:
        """False for repacking, storing and testing, which make nothing.

        >>> Packs([]).makes("repack"), Packs([]).makes("spin"), Packs([]).makes("")
        (False, True, True)
        """
        return _key(word) not in self._not_making

    def _read_stages(self, pack: Mapping[str, Any]) -> None:
        factors = {pack["base"]: 1.0}
        rows = list(pack["stages"])
        while rows:
            rest = [row for row in rows if not self._settle(row, factors)]
            if len(rest) == len(rows):
                raise ValueError(f"{pack['id']}: no way to the base from {rest[0]['stage']}")
            rows = rest
        for row in pack["stages"]:
            self._enter(pack, row, factors[row["stage"]])
        for row in pack.get("by_products", ()):
            self._enter(pack, row, 0.0)

    @staticmethod
    def _settle(row: Mapping[str, Any], factors: dict[str, float]) -> bool:
        """Find the row's factor from a stage already settled, if there is one."""
        if row["stage"] in factors:
            return True
        if "from" in row and row["from"]["stage"] in factors:
            factors[row["stage"]] = factors[row["from"]["stage"]] * row["from"]["ratio"]
        elif "to" in row and row["to"]["stage"] in factors:
            factors[row["stage"]] = factors[row["to"]["stage"]] / row["to"]["ratio"]
        return row["stage"] in factors

    def _enter(self, pack: Mapping[str, Any], row: Mapping[str, Any], factor: float) -> None:
        link = row.get("from") or row.get("to") or {}
        cited = pack["sources"].get(link.get("source"))
        stage = Stage(
            pack=pack["id"],
            stage=row["stage"],
            material=pack["material"],
            factor=factor,
            hs=tuple(row.get("hs", ())),
            before=row["from"]["stage"] if "from" in row else "",
            low=link.get("low", 1.0),
            high=link.get("high", 1.0),
            source=Citation(cited["citation"], cited["url"], cited["verified"]) if cited else None,
            documents=tuple(row.get("documents", ())),
        )
        for name in row["names"]:
            self._stages.setdefault(_key(name), stage)

    def _read_steps(self, pack: Mapping[str, Any]) -> None:
        for row in pack["steps"]:
            step = Step(
                pack["id"],
                row["step"],
                frozenset(row["inputs"]),
                frozenset(row["outputs"]),
                tuple(row["documents"]),
            )
            for name in row["names"]:
                self._steps.setdefault(_key(name), []).append(step)
