"""What redaction finds, misses and takes for something else, and how long it takes; the peer in the same run.

The set is made here (`bench/redaction_set`); besides it the real dialogues of the demo's data, of which only those
with a bank hold anything to be found.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.installation import report
from bench.redaction_set import presidio
from bench.redaction_set.examples import Example, examples
from bench.redaction_set.scoring import Found, Score, scores, summed
from careloom.demo.library import load_dialogues
from careloom.platform.redaction.find import find
from careloom.platform.redaction.types import BUILT_IN

_ALL = frozenset(BUILT_IN)
_CLEAN = (
    "Hi there, I ordered a pair of running shoes last week and they still have not arrived, could you please tell me "
    "where my parcel is right now? The page only says that it left the warehouse and nothing else happened since then, "
    "which is a pity as I need them for the weekend. Thanks a lot in advance"
)
_BUSY = (
    "Hi, order 20449183 of 12/11/2026 was paid with 4111 1111 1111 1111, call +49 170 1234567. "
    "My password is Tiger_2024 and the IBAN for the refund DE89 3704 0044 0532 0130 00. " + _CLEAN
)[:300]
_TARGET_MICROSECONDS = 50.0


def ours(one: Example) -> Iterable[Found]:
    """What our recognisers find."""
    return [(each.start, each.end, each.data_class.value) for each in find(one.text, _ALL)]


def main() -> None:
    """Prints the table, then one line of JSON for each measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="use each n-th example only")
    texts = examples()[:: parser.parse_args().every]
    analyzer = presidio.analyzer()
    if analyzer is None:
        print("presidio-analyzer is not installed: `pip install --group bench` for the comparison", file=sys.stderr)
    _quality(texts, None if analyzer is None else presidio.recogniser(analyzer))
    _dialogues(None if analyzer is None else presidio.recogniser(analyzer))
    _speed(None if analyzer is None else lambda text: analyzer.analyze(text, language="en"))


def _quality(texts: list[Example], peer: Callable[[Example], Iterable[Found]] | None) -> None:
    mine = scores(ours, texts)
    theirs = None if peer is None else scores(peer, texts)
    held_out = scores(ours, [one for one in texts if one.held_out])
    for language in ("en", "es", "de", "pt", "fr", "ar"):
        for data_class in BUILT_IN:
            one = mine.get((language, data_class.value), Score(0, 0, 0))
            print(f"{language} {data_class:14} precision {one.precision:.4f} recall {one.recall:.4f} {tuple(one)}")
    for data_class in BUILT_IN:
        one, other = _of(mine, data_class), None if theirs is None else _of(theirs, data_class)
        known = other if data_class in presidio.CLASSES else None
        name = presidio.NAME if known else None
        _share(f"precision {data_class}", one.precision, known.precision if known else None, name, 0.98)
        _share(f"recall {data_class}", one.recall, known.recall if known else None, name, 0.95)
        _share(f"recall {data_class}, sentences held out", _of(held_out, data_class).recall, None, None, 0.9)
    everything = summed(mine.values())
    _share("precision, all classes", everything.precision, None, None, 0.98)
    _share("recall, all classes", everything.recall, None, None, 0.95)
    clean = [one for one in texts if one.data_class is None]
    _share("harmless texts left alone", _left_alone(clean, ours), _left_alone(clean, peer), presidio.NAME, 0.99)


def _dialogues(peer: Callable[[Example], Iterable[Found]] | None) -> None:
    lines = [
        Example("en", None, line.text, value=None, held_out=False)
        for one in load_dialogues()
        if one.client != "bank"
        for line in one.lines
    ]
    some = lines[:: max(1, len(lines) // 2000)]
    print(f"{len(lines)} lines of real dialogues that hold nothing, {len(some)} of them for the peer")
    _share("real lines left alone", _left_alone(lines, ours), _left_alone(some, peer), presidio.NAME, 0.999)


def _speed(peer: Callable[[str], object] | None) -> None:
    for name, text in (("clean", _CLEAN), ("with orders, a phone, a card, an IBAN, a password", _BUSY)):
        mine = _microseconds(lambda text=text: find(text, _ALL), 2000)
        other = None if peer is None else _microseconds(lambda text=text: peer(text), 20)
        target = _TARGET_MICROSECONDS if name == "clean" else None
        measure = f"time for {len(text)} characters, {name}"
        report(measure, "us", mine, other, presidio.NAME if other else None, target, topic="redaction")
    long = (_BUSY + "\n") * 340
    mine = _microseconds(lambda: find(long, _ALL), 3) / len(long) * 1000
    report("time for 1,000 characters of a text of 100,000", "us", mine, None, None, None, topic="redaction")


def _microseconds(work: Callable[[], object], times: int) -> float:
    work()
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6


def _left_alone(texts: list[Example], found_by: Callable[[Example], Iterable[Found]] | None) -> float | None:
    return None if found_by is None else sum(not list(found_by(one)) for one in texts) / len(texts)


def _of(found: dict[tuple[str, str], Score], data_class: str) -> Score:
    return summed(score for (_, name), score in found.items() if name == data_class)


def _share(measure: str, mine: float | None, other: float | None, name: str | None, target: float) -> None:
    peer_name = None if other is None else name
    report(
        measure,
        "%",
        100 * (mine or 0),
        None if other is None else 100 * other,
        peer_name,
        100 * target,
        topic="redaction",
    )


if __name__ == "__main__":
    main()
