#!/usr/bin/env python3
"""Reads figures as JSON objects, one a line, checks their form and prints them as a table or as they are.

    print_figures.py table|json < figures
"""
import json
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


def main():
    figures = [read_figure(line) for line in sys.stdin if line.strip()]
    if sys.argv[1] == "json":
        for figure in figures:
            print(json.dumps({key: figure[key] for key in KEYS}, ensure_ascii=False))
    else:
        print_table(figures)


if __name__ == "__main__":
    main()
