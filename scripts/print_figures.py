#!/usr/bin/env python3
"""Reads figures as JSON objects, one a line, checks their form and prints them as a table or as they are.

    print_figures.py table|json < figures
    print_figures.py table|json OLD < figures

With OLD, a file of figures of another build, both hold each figure several times: what is printed is the median of ours beside the
median of theirs.
"""
import json
import statistics
import sys

KEYS = ("name", "ours", "baseline", "ratio", "unit")


def read_figure(line):
    """One figure; baseline and ratio may be null where there is nothing to stand beside."""
    figure = json.loads(line)
    missing = [key for key in KEYS if key not in figure]
    if missing:
        sys.exit(f"print_figures: a benchmark printed a figure without {', '.join(missing)}: {line.strip()}")
    return figure


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def print_table(figures):
    rows = [KEYS] + [tuple(shown(figure[key]) for key in KEYS) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(KEYS))]
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:4], widths[1:4])]
        print("  ".join(cells + [row[4]]))


def medians(lines):
    """By name: the figure with the median of all that was seen of it, and what was seen."""
    seen = {}
    for line in lines:
        if line.strip():
            figure = read_figure(line)
            seen.setdefault(figure["name"], []).append(figure)
    return {name: (statistics.median(figure["ours"] for figure in all_of_it), all_of_it) for name, all_of_it in seen.items()}


def compared(new, old):
    """Figures of this build beside those of another one; a figure that only one of them has stands alone."""
    for name in new | old:
        ours, theirs = new.get(name, (None, [])), old.get(name, (None, []))
        both = ours[0] is not None and theirs[0]
        unit = (ours[1] or theirs[1])[0]["unit"].split(" (baseline")[0]
        yield {"name": name, "ours": ours[0], "baseline": theirs[0], "ratio": round(ours[0] / theirs[0], 3) if both else None,
               "unit": f"{unit}, medians of {len(ours[1])} and {len(theirs[1])}"}


def main():
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as old:
            figures = list(compared(medians(sys.stdin), medians(old)))
    else:
        figures = [read_figure(line) for line in sys.stdin if line.strip()]
    if sys.argv[1] == "json":
        for figure in figures:
            print(json.dumps({key: figure[key] for key in KEYS}, ensure_ascii=False))
    else:
        print_table(figures)


if __name__ == "__main__":
    main()
