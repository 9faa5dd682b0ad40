"""Figures as tables, and as the chart and the page in docs/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from in_process import CALLS, OURS, PLAIN
from over_http import ALONE, fastest
from performance_goals import EDGE, FUNCTION, PREDICT, Found, goals, reference

_BEGIN, _END = "<!-- tables: `make bench` renews them -->", "<!-- end of the tables -->"
_PHOTOS = 280e6


def tables(found: Found) -> str:
    """All tables that the figures suffice for, as Markdown."""
    parts = found["parts"]
    head = f"{found['machine']}; {found['date']}; load at the start {found['load']:.1f}"
    if found["quick"]:
        head += "; **one short round each: these figures say little**"
    sections = [head, *(_TABLES[name](parts[name]) for name in _TABLES if name in parts)]
    columns = ["one core, 1024 px", "wished", "reached"]
    sections[1:1] = [_table("Wished and reached", columns, goals(parts))]
    sections += [table for table in (_shares(parts), _projection(parts)) if table]
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in found["seconds"].items())
    return "\n\n".join([*sections, f"The run took {took}."])


def renew(page: Path, found: Found) -> None:
    """Put tables into a page between its marks, and draw the chart beside it."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise SystemExit(f"{page}: its marks are missing: {_BEGIN} … {_END}")
    text = f"{before}{begin}\n\n{tables(found)}\n\n{end}{after}"
    page.write_text(text, encoding="utf-8")
    if "both" in found["parts"]:
        _draw(page.with_suffix(".svg"), found)


def _draw(path: Path, found: Found) -> None:
    """Photos a second of one core, by the size of the photos."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"svg.hashsalt": "performance", "svg.fonttype": "none"})
    sizes = found["parts"]["both"]["1"]
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    names = list(next(iter(sizes.values())))
    for place, name in enumerate(names):
        measured = [(n, row[name]) for n, row in enumerate(sizes.values()) if name in row]
        rates = [1000 / ms for _, ms in measured]
        at = [n + 0.8 * (place / len(names) - 0.4) for n, _ in measured]
        bars = axes.bar(at, rates, 0.78 / len(names), label=name)
        axes.bar_label(bars, [f"{rate:.0f}" for rate in rates], fontsize=8)
    axes.set_xticks(range(len(sizes)), [f"{edge} px" for edge in sizes])
    axes.set_yscale("log")
    axes.set_ylabel("photos a second, one core")
    figure.suptitle("Tag and rating of a photo, from its bytes", fontsize=10)
    figure.legend(fontsize=8, frameon=False, ncols=3, loc="outside lower center")
    axes.margins(y=0.1)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join([f"### {title}", "", *(f"| {' | '.join(line)} |" for line in lines)])


def _engine(part: Found) -> str:
    rows = []
    for cores, backbones in part.items():
        for backbone, times in backbones.items():
            functions = [ms for name, ms in times.items() if name.startswith(FUNCTION)]
            rows += [
                [
                    f"{backbone}, {_cores(cores)}: {name}",
                    f"{ms:.2f}",
                    f"{times[PREDICT] / ms:.1f}",
                    f"{min(functions) / ms:.1f}",
                ]
                for name, ms in times.items()
            ]
    columns = ["model", "ms a photo", "× `predict` one by one", "× best `tf.function`"]
    return _table("The engine alone", columns, rows)


def _decode(part: Found) -> str:
    names = [name for name in next(iter(part.values())) if name != "KB"]
    rows = [
        [
            edge,
            f"{row['KB']:.0f}",
            *(f"{row[name]:.2f}" for name in names),
            f"{row[names[0]] / row[OURS]:.1f}",
        ]
        for edge, row in part.items()
    ]
    columns = ["longer edge, px", "KB", *(f"{name}, ms" for name in names), f"× {names[0]}"]
    return _table("Decoding alone, to 224 × 224, one core", columns, rows)


def _both(part: Found) -> str:
    names = list(next(iter(part["1"].values())))
    rows = [
        [
            f"{edge} px, {_cores(cores)}",
            *(f"{row[name]:.1f}" if name in row else "" for name in names),
            f"{row[PLAIN] / row[OURS]:.1f}",
            f"{1000 / row[OURS]:.0f}",
        ]
        for cores, sizes in part.items()
        for edge, row in sizes.items()
    ]
    columns = ["", *(f"{name}, ms" for name in names), f"× {PLAIN}", "photos/s"]
    return _table("Both answers in process, two MobileNets", columns, rows)


def _vgg16(part: Found) -> str:
    title = "with a VGG16 tagger (random weights) and the MobileNet for ratings"
    return _both({"1": part}).replace("two MobileNets", title)


def _http(part: Found) -> str:
    rows = []
    for cores, paths in list(part.items())[1:3]:
        for path, table in paths.items():
            for load, row in table.items():
                rate = reference(part, path, load.rpartition(", ")[0])
                share = f"{100 * row['photos/s'] / rate:.0f} %"
                rows.append(
                    [
                        f"`{path}`, {cores}, {load}",
                        f"{row['photos/s']:.0f}",
                        share if cores.startswith("1 ") else "",
                        f"{row['p50 ms']:.1f}",
                        f"{row['p99 ms']:.1f}",
                    ]
                )
    rows += [
        [
            f"`{path}`, 1 core, half load: {row['calls/s']:.0f} calls/s",
            "",
            "",
            f"{row['p50 ms']:.1f}",
            f"{row['p99 ms']:.1f}",
        ]
        for path, row in part["half load"].items()
    ]
    columns = ["photos of 1024 px", "photos/s", "of in process", "p50, ms", "p99, ms"]
    memory = [
        [path.strip("/"), *(f"{row[key]:.0f}" for key in ("resident", "peak", "decoders"))]
        for path, row in part["MiB"].items()
    ]
    inside = ["service", "resident, MiB", "peak, MiB", "of it its decoders, MiB"]
    speed = _table("Over HTTP", columns, rows)
    return f"{speed}\n\n{_table('Memory after that, one core', inside, memory)}"


def _gallery(part: Found) -> str:
    rows = [
        [name, f"{median(times):.2f}", f"{min(times):.2f}", f"{max(times):.2f}"]
        for name, times in part.items()
    ]
    title = "`/rank-gallery` of 50 new photos of 1024 px, all cores"
    return _table(title, ["scorers", "median, s", "least", "most"], rows)


def _start(part: Found) -> str:
    rows = [[name, f"{median(times):.1f}", f"{max(times):.1f}"] for name, times in part.items()]
    title = "From the start of the process to `/readyz` 200 (gallery: scorers `local`)"
    return _table(title, ["service", "median, s", "most"], rows)


def _peer(part: Found) -> str:
    title = "LitServe with the same Keras model (`predict`), one core, photos a second"
    if not part:
        return f"### {title}\n\nNot measured: LitServe was not installed."
    callers = list(next(iter(part.values())))
    rows = [[name, *(f"{rate:.1f}" for rate in rates.values())] for name, rates in part.items()]
    return _table(title, ["", *(f"{number} at once" for number in callers)], rows)


_TABLES = {
    "engine": _engine,
    "decode": _decode,
    "both": _both,
    "vgg16": _vgg16,
    "http": _http,
    "gallery": _gallery,
    "start": _start,
    "peer": _peer,
}


def _shares(parts: Found) -> str:
    """Where the time of a saturated `/tag` on one core goes, with one photo a call."""
    if "http" not in parts:
        return ""
    part = parts["http"]
    stages = {key: median(row["stages"][key] for row in part["in process"]) for key in _STAGES}
    inside = 1000 / reference(part, "/tag", ALONE)
    saturated = fastest(part["1 core"]["/tag"], ALONE)
    told = median(row["JSON of a tag and its embedding"] for row in part["in process"])
    service = saturated["service ms"] - inside + stages["decode"] - told
    spent = {
        "decode and resize, in its process": saturated["decoders ms"],
        "engine": stages["predict"],
        "calibration, description, threads": inside - stages["decode"] - stages["predict"],
        "JSON out": told,
        "HTTP, form, handing over, metrics": service,
    }
    whole = sum(spent.values())
    rows = [[key, f"{ms:.2f}", f"{100 * ms / whole:.0f} %"] for key, ms in spent.items()]
    return _table(
        "Where the time of `/tag` goes, one core, one photo a call",
        ["", "CPU ms a photo", ""],
        rows,
    )


_STAGES = ("decode", "predict")


def _projection(parts: Found) -> str:
    if "both" not in parts:
        return ""
    row = parts["both"]["1"][EDGE]
    costs = {PLAIN: row[PLAIN], "tf.function, one by one": row["tf.function, one by one"]}
    costs |= {f"{name}, in process": ms for name, ms in row.items() if name.startswith(OURS)}
    if "http" in parts:
        table = parts["http"]["1 core"]
        for call in CALLS:
            best = [fastest(rows, call)["photos/s"] for rows in table.values()]
            name = f"ours, over HTTP (`/tag` and `/aesthetic`), {call}"
            costs[name] = sum(1000 / rate for rate in best)
    rows = [
        [name, f"{ms:.1f}", f"{_PHOTOS * ms / 3.6e6:,.0f}", f"{_PHOTOS * ms / 8.64e7 / 64:.1f}"]
        for name, ms in costs.items()
    ]
    columns = ["280 million photos of 1024 px", "core-ms a photo", "core-hours", "days on 64 cores"]
    table = _table("Projection", columns, rows)
    if "decode" not in parts:
        return table
    kilobytes = parts["decode"][EDGE]["KB"]
    gigabits = 64 * 1000 / row[OURS] * kilobytes * 8 / 1e6
    return (
        f"{table}\n\nThe photos are {_PHOTOS * kilobytes / 1e9:.0f} TB at {kilobytes:.0f} KB each: "
        f"64 cores of ours read {gigabits:.1f} Gbit/s."
    )


def _cores(count: str) -> str:
    return "1 core" if count == "1" else f"{count} cores"
