#!/usr/bin/env python3
"""The picture against chafa: quality and bytes of one frame, by frame_quality.py's measure.

    python3 Benchmarks/picture/quality.py --images ../shared/cxr/images           the table
    python3 Benchmarks/picture/quality.py --chafa --images ../shared/cxr/images   chafa's side anew

Takes the 1024 x 1024 pictures of the folder (or all, with --every). For each mode, size and picture
one frame of `wetread render --fit stretch` is measured, and all figures of a row come from that one
frame. chafa's side is the best of its settings for each picture and each measure, kept in
chafa.json beside this script (made with --chafa; only its numbers are stored).
"""
import argparse
import collections
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
from scipy.ndimage import gaussian_filter

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import frame_quality as measure  # noqa: E402

SIZES = [(50, 20), (100, 30), (200, 60)]
CHAFA = {
    "truecolor": [("full", s, "none", "off") for s in ("default", "half", "quad", "block")],
    "256": [("256", s, d, "off") for s in ("default", "block", "shades")
            for d in ("none", "diffusion4", "diffusion1", "ordered4")]
           + [("240", s, d, "off") for s in ("default", "shades") for d in ("none", "diffusion4")],
    "16": [("16", s, d, p) for s in ("default", "block", "shades")
           for d in ("none", "diffusion4", "diffusion1") for p in ("off", "on")],
    "mono": [(m, s, d, p) for m in ("2", "none") for s in ("default", "block", "shades")
             for d in ("none", "diffusion4") for p in ("off", "on")],
}
# name, arguments of wetread render, chafa's side, what the bytes are compared with
ROWS = [
    ("truecolor", ["--colours", "truecolor"], "truecolor", ("full", "default", "none", "off")),
    ("truecolor, thrift", ["--colours", "truecolor", "--thrift", "22"], "truecolor",
     ("full", "default", "none", "off")),
    ("truecolor, 64 levels", ["--colours", "truecolor", "--levels", "64"], "truecolor",
     ("full", "default", "none", "off")),
    ("256 colours", ["--colours", "256"], "256", ("256", "default", "none", "off")),
    ("256 colours, thrift", ["--colours", "256", "--thrift", "120"], "256",
     ("256", "default", "none", "off")),
    ("16 colours", ["--colours", "16"], "16", None),
    ("mono", ["--colours", "mono"], "mono", None),
]


def pictures(folder, every):
    from PIL import Image
    paths = sorted(p for p in pathlib.Path(folder).iterdir() if p.suffix.lower() == ".png")
    return [p for p in paths if every or Image.open(p).size == (1024, 1024)]


def figures(reference, blurred, frame, screen, glyphs, columns, rows):
    screen.feed(frame)
    shown, counts = measure.render(screen, glyphs, columns, rows)
    if counts["cells"] != columns * rows or counts["unknown"]:
        raise SystemExit(f"the frame is not whole: {counts}")
    return (measure.psnr(reference, shown),
            measure.psnr(blurred, gaussian_filter(shown, 4, mode="nearest")), len(frame))


def references(path, columns, rows):
    reference = measure.area(measure.load_grey(path), columns * measure.W, rows * measure.H)
    return reference, gaussian_filter(reference, 4, mode="nearest")


def sweep_chafa(paths, store, only):
    """Measures chafa's settings; store: {"cols x rows": {picture: {setting: figures}}}."""
    glyphs = measure.Glyphs()
    known = json.loads(store.read_text()) if store.exists() else {}
    for family in only or CHAFA:
        for columns, rows in SIZES:
            size = known.setdefault(f"{columns}x{rows}", {})
            for path in paths:
                reference, blurred = references(path, columns, rows)
                each = size.setdefault(path.stem, {})
                for mode, symbols, dither, prep in CHAFA[family]:
                    name = f"{family} {mode} {symbols} {dither} {prep}"
                    if name in each:
                        continue
                    flags = ["-c", mode, *measure.SETS[symbols], *measure.DITHERS[dither],
                             "-p", prep]
                    frame = measure.chafa(path, columns, rows, flags)
                    white = (255,) * 3 if mode in ("2", "none") else (229,) * 3
                    screen = measure.Screen(white, palette16="chafa")
                    each[name] = [round(v, 3) for v in figures(
                        reference, blurred, frame, screen, glyphs, columns, rows)]
            store.write_text(json.dumps(known, indent=0, sort_keys=True) + "\n")
            print(f"chafa {family} {columns}x{rows} done", flush=True)


def best(each, family, index):
    return max(v[index] for k, v in each.items() if k.split()[0] == family)


def row_table(program, paths, known, rows, sizes, extra):
    glyphs = measure.Glyphs()
    table = collections.OrderedDict()
    for columns, lines in sizes:
        prepared = {p: references(p, columns, lines) for p in paths}
        for name, arguments, family, byte_setting in rows:
            got = []
            for path in paths:
                started = time.perf_counter()
                frame = subprocess.run(
                    [program, "render", str(path), "--cols", str(columns), "--rows", str(lines),
                     "--glyphs", "blocks", "--fit", "stretch", *arguments, *extra],
                    check=True, capture_output=True).stdout
                spent = time.perf_counter() - started
                white = (255,) * 3 if family == "mono" else (229,) * 3
                psnr, view, count = figures(
                    *prepared[path], frame, measure.Screen(white), glyphs, columns, lines)
                other = known.get(f"{columns}x{lines}", {}).get(path.stem)
                line = {"psnr": psnr, "view": view, "bytes": count, "seconds": spent}
                if other and any(k.split()[0] == family for k in other):
                    line["psnr+"] = psnr - best(other, family, 0)
                    line["view+"] = view - best(other, family, 1)
                    if byte_setting:
                        line["share"] = count / other[" ".join((family, *byte_setting))][2]
                got.append(line)
            table[name, columns, lines] = got
    return table


def print_table(table):
    print("| mode | cells | pictures | PSNR over chafa's best: mean (least) | "
          "PSNR_view over chafa's best: mean (least) | PSNR_view: mean (least) | "
          "bytes: mean, of chafa's: mean (most) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (name, columns, lines), got in table.items():
        def words(key, form):
            values = [g[key] for g in got if key in g]
            if not values:
                return "–"
            edge = max if key == "share" else min
            return f"{statistics.mean(values):{form}} ({edge(values):{form}})"
        size = statistics.mean(g["bytes"] for g in got)
        print(f"| {name} | {columns}x{lines} | {len(got)} | {words('psnr+', '+.2f')} | "
              f"{words('view+', '+.2f')} | {words('view', '.2f')} | "
              f"{size:.0f}, {words('share', '.3f')} |", flush=True)


def main():
    cli = argparse.ArgumentParser(description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--images", required=True, help="folder of PNG pictures")
    cli.add_argument("--every", action="store_true", help="every picture, not only 1024 x 1024")
    cli.add_argument("--limit", type=int, help="only so many pictures")
    cli.add_argument("--program", default=str(HERE.parents[1] / ".build/release/wetread"))
    cli.add_argument("--chafa", action="store_true", help="measure chafa, not wetread")
    cli.add_argument("--store", default=str(HERE / "chafa.json"), help="chafa's figures")
    cli.add_argument("--only", help="rows (or chafa's families), separated by ;")
    cli.add_argument("--size", help="one size only, such as 100x30")
    cli.add_argument("--extra", default="", help="more arguments for wetread render")
    o = cli.parse_args()
    paths = pictures(o.images, o.every)[: o.limit]
    store = pathlib.Path(o.store)
    only = o.only.split(";") if o.only else None
    if o.chafa:
        sweep_chafa(paths, store, only)
        return
    known = json.loads(store.read_text()) if store.exists() else {}
    sizes = [tuple(map(int, o.size.split("x")))] if o.size else SIZES
    rows = [r for r in ROWS if not only or r[0] in only]
    print_table(row_table(o.program, paths, known, rows, sizes, o.extra.split()))


if __name__ == "__main__":
    main()
