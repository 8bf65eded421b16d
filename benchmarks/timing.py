"""Time two callables in turn and say how many times faster the first is."""

import statistics
import time
from collections.abc import Callable


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(
    name: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    target: float,
    runs: int = 9,
) -> float:
    """Print the medians of both and the median ratio of neighbouring runs; return that ratio."""
    ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(runs)]
    ratio = statistics.median(theirs / mine for mine, theirs in pairs)
    mine, theirs = (statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))
    report(name, mine, theirs, ratio, target=target)
    return ratio


def report(name: str, mine: float, theirs: float, ratio: float, *, target: float) -> None:
    """Print one row: times in ms, ratio, whether the target is met."""
    verdict = "ok" if ratio >= target else "MISSED"
    print(
        f"  {name:<44} ours {mine:9.2f} ms  peer {theirs:9.2f} ms  "
        f"ratio {ratio:7.1f}  target {target:g}  {verdict}"
    )
