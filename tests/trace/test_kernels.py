"""Kernels are one code: plain on small data, compiled on large, equal to the bit."""

import numpy as np
import pytest
from networks import network, write_folder

from alnage.assess.memberships import Memberships
from alnage.assess.tracing import TraceJob, TraceRequest
from alnage.chain.ledger import build_ledger
from alnage.model import kernels
from alnage.sources import read_folder
from alnage.trace import explain
from alnage.trace.groups import parse_group

SEEDS = range(5000, 5004)


def job_of(folder):
    ledger = build_ledger(read_folder(folder))
    return TraceJob(ledger, Memberships(ledger, [], lambda _: ()))


def lines(folder, targets):
    request = TraceRequest(tuple(targets), ("region:CN-XJ",), "exact")
    return [line.to_json() for line in job_of(folder).lines(request)]


@pytest.mark.parametrize("seed", SEEDS)
def test_plain_and_compiled_are_equal_to_the_bit(seed, tmp_path, monkeypatch):
    drawn = network(seed)
    write_folder(drawn.tables, tmp_path)
    plain = lines(tmp_path, drawn.targets)
    monkeypatch.setattr(kernels, "COMPILE_ABOVE", -1)
    assert lines(tmp_path, drawn.targets) == plain


@pytest.mark.parametrize("seed", range(5010, 5040))
def test_what_went_into_a_target_adds_up_to_its_shares(seed, tmp_path):
    """Forward and reverse agree: content by origin and gap sums to the mixed shares."""
    drawn = network(seed)
    write_folder(drawn.tables, tmp_path)
    tracer = job_of(tmp_path).tracer
    ledger = tracer.ledger
    group = Memberships(ledger, [], lambda _: ()).group(parse_group("region:CN-XJ"), None)
    treatment, shares, _ = tracer._spread_of(group)
    for target in tracer.targets.default():
        if not target.main or target.unknown:
            continue
        result = tracer.result(target, group)
        weights = explain.weigh(tracer.graph, target.main, target.content)
        begun = tracer.graph.own[weights.cone.nodes] / np.maximum(
            tracer.graph.content[weights.cone.nodes], 1e-300
        )
        assert float((begun * weights.node).sum()) == pytest.approx(target.content, rel=1e-8)
        gaps = explain.gaps(tracer._story, weights, treatment, shares)
        if len(gaps) < explain.GAPS:
            told = sum(gap["share"] for gap in gaps)
            assert told == pytest.approx(result.undocumented + result.unresolved, abs=1e-8)
        paths = explain.paths(tracer._story, weights, treatment, target.main)
        assert 0.0 <= paths["coverage"] <= 1.0 + 1e-9
        low, high = (
            tracer._interval(target, x, least=b) / target.content
            for x, b in ((shares.low, True), (shares.high, False))
        )
        assert low <= result.min + 1e-9
        assert result.max <= high + 1e-9
