"""The figures as tables, with the aim beside each."""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from . import pages as aims
from .measure import Cost, Crowd
from .pages import PAGES


def verdict(value: float, most: float | None) -> str:
    """Whether a figure keeps its aim; nothing where there is none."""
    return "" if most is None else f"{'ok' if value <= most else 'over'} (aim {most:g})"


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with the columns under each other."""
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    lines = []
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def page_table(name: str, found: Mapping[tuple[str, str], tuple[Cost, Cost]]) -> list[str]:
    """One line a page at one amount of tickets."""
    head = ["page", "statements", "", "CPU ms", "bare ms", "times bare", "", "median ms", "p95 ms", "bytes"]
    rows = []
    for page in PAGES:
        real, bare = found[page.name, name]
        times = real.processor_ms / bare.processor_ms
        writes = page.name in ("creating a ticket", "answering")
        rows.append(
            [
                page.name,
                str(real.statements),
                "" if writes else verdict(real.statements, aims.MOST_STATEMENTS),
                f"{real.processor_ms:.2f}",
                f"{bare.processor_ms:.2f}",
                f"{times:.1f}",
                verdict(round(times, 1), page.times),
                f"{real.median_ms:.1f}",
                f"{real.p95_ms:.1f}",
                f"{real.wire:,}",
            ]
        )
    return [f"{name} tickets", "", *columns(head, rows), ""]


def growth_table(small: str, large: str, found: Mapping[tuple[str, str], tuple[Cost, Cost]]) -> list[str]:
    """What each page costs at the larger amount, as a multiple of the smaller."""
    rows = []
    for page in PAGES:
        times = found[page.name, large][0].processor_ms / found[page.name, small][0].processor_ms
        rows.append([page.name, f"{times:.2f}", verdict(round(times, 2), aims.MOST_GROWTH)])
    return [f"{large} tickets : {small}, by CPU", "", *columns(["page", "ratio", ""], rows), ""]


def size_table(visit: Mapping[str, int], fragments: Mapping[str, int]) -> list[str]:
    """Bytes over the wire with headers."""
    total = sum(visit.values())
    rows = [[f"first visit: {kind}", f"{count:,}", ""] for kind, count in visit.items()]
    rows.append(["first visit in all", f"{total:,}", verdict(total, aims.MOST_FIRST_VISIT)])
    rows += [[f"fragment: {name}", f"{n:,}", verdict(n, aims.MOST_FRAGMENT)] for name, n in fragments.items()]
    return ["Bytes over the wire, compressed, with headers", "", *columns(["what", "bytes", ""], rows), ""]


def crowd_table(crowd: Crowd) -> list[str]:
    """Pages and memory with the streams open."""
    rows = []
    for name, before in crowd.before.items():
        during = crowd.during[name]
        rows.append(
            [
                name,
                f"{before.median_ms:.1f} / {before.p95_ms:.1f}",
                f"{during.median_ms:.1f} / {during.p95_ms:.1f}",
                "",
            ]
        )
    memory, full = (
        ", ".join(f"{m:.0f}" for m in part) for part in (crowd.memory_before, crowd.memory_during)
    )
    rows.append(
        ["MB of each web process", memory, full, verdict(round(max(crowd.memory_during)), aims.MOST_MEMORY)]
    )
    head = ["median / p95 ms", "no stream", f"{crowd.streams} streams", ""]
    return ["Open windows", "", *columns(head, rows), ""]


def other_table(started: Mapping[str, float], sign_ins: Mapping[str, Sequence[float]]) -> list[str]:
    """Starts, and what a wrong password takes."""
    rows = [
        [f"start with {name} tickets, s", f"{s:.2f}", verdict(round(s, 2), aims.MOST_START)]
        for name, s in started.items()
    ]
    for kind, seconds in sign_ins.items():
        p95 = quantiles(seconds, n=20)[-1]
        rows.append(
            [f"wrong password, {kind} address, ms", f"{median(seconds) * 1000:.1f}", f"p95 {p95 * 1000:.1f}"]
        )
    return [*columns(["other", "", ""], rows), ""]
