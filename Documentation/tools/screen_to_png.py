#!/usr/bin/env python3
"""Draw a captured terminal screen as a PNG.

    tmux capture-pane -e -p -t NAME | screen_to_png.py - screen.png [--columns 80] [--rows 24]

Reads text with SGR sequences (what `tmux capture-pane -e -p` writes: colours as 16, 256 or 24 bit,
bold, dim, underline, reverse). Block elements, quadrants and shades are drawn as exact rectangles,
braille as dots, rules of the box-drawing block as lines, everything else from DejaVu Sans Mono (or
--font). Needs Pillow.
"""
import argparse
import re
import sys
import unicodedata
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIXTEEN = ("000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
           "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff").split()
FONT_PATHS = ("/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf", "DejaVuSansMono{}.ttf")


def rgb(text):
    return tuple(bytes.fromhex(text.lstrip("#")))


def palette():
    steps = (0, 95, 135, 175, 215, 255)
    cube = [(r, g, b) for r in steps for g in steps for b in steps]
    return [rgb(c) for c in SIXTEEN] + cube + [(8 + 10 * i,) * 3 for i in range(24)]


PALETTE = palette()
# Quadrants U+2596...259F: bits 1 upper left, 2 upper right, 4 lower left, 8 lower right.
QUADRANTS = (4, 8, 1, 13, 9, 7, 11, 2, 6, 14)
# Box drawing: which arms (left, right, up, down) a glyph has, and how many pixels thick.
BOX = {"─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "rud", "┤": "lud",
       "┬": "lrd", "┴": "lru", "┼": "lrud", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu"}


class Pen:
    """The state that SGR sequences change."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.foreground = self.background = None
        self.bold = self.dim = self.underline = self.reverse = False

    def copy(self):
        twin = Pen()
        twin.__dict__.update(self.__dict__)
        return twin

    def apply(self, parameters):
        numbers = [int(n) if n else 0 for n in re.split("[;:]", parameters)]
        while numbers:
            n = numbers.pop(0)
            if n == 0:
                self.reset()
            elif n in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[n], True)
            elif n == 22:
                self.bold = self.dim = False
            elif n in (24, 27):
                setattr(self, {24: "underline", 27: "reverse"}[n], False)
            elif n in (38, 48):
                kind = numbers.pop(0) if numbers else 0
                if kind == 5 and numbers:
                    colour = PALETTE[numbers.pop(0) & 255]
                elif kind == 2 and len(numbers) >= 3:
                    colour = tuple(numbers[:3])
                    del numbers[:3]
                else:
                    continue
                self.set(n == 38, colour)
            elif 30 <= n <= 37 or 90 <= n <= 97:
                self.set(True, PALETTE[n - 30 if n < 90 else n - 82])
            elif 40 <= n <= 47 or 100 <= n <= 107:
                self.set(False, PALETTE[n - 40 if n < 100 else n - 92])
            elif n == 39:
                self.foreground = None
            elif n == 49:
                self.background = None

    def set(self, is_foreground, colour):
        if is_foreground:
            self.foreground = colour
        else:
            self.background = colour


def parse(text):
    """Rows of (glyph, pen, width)."""
    rows, pen = [], Pen()
    for line in text.split("\n"):
        row = []
        for match in re.finditer(r"\x1b\[([0-9;:]*)m|\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|[\x0e\x0f]|(.)", line):
            if match.group(1) is not None:
                pen.apply(match.group(1))
            elif match.group(2):
                glyph = match.group(2)
                if unicodedata.combining(glyph) and row:
                    row[-1] = (row[-1][0] + glyph, *row[-1][1:])
                    continue
                wide = 2 if unicodedata.east_asian_width(glyph) in "WF" else 1
                row.append((glyph, pen.copy(), wide))
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def blend(over, under, share):
    return tuple(round(u + (o - u) * share) for o, u in zip(over, under))


def block(draw, code, x, y, w, h, colour, back):
    """Draws a block element; False when it is not one."""
    def rect(x0, x1, y0, y1, fill=colour):
        if x1 > x0 and y1 > y0:
            draw.rectangle((x + round(x0 * w), y + round(y0 * h),
                            x + round(x1 * w) - 1, y + round(y1 * h) - 1), fill=fill)
    if code == 0x2580:
        rect(0, 1, 0, .5)
    elif 0x2581 <= code <= 0x2588:
        rect(0, 1, 1 - (code - 0x2580) / 8, 1)
    elif 0x2589 <= code <= 0x258F:
        rect(0, (0x2590 - code) / 8, 0, 1)
    elif code == 0x2590:
        rect(.5, 1, 0, 1)
    elif 0x2591 <= code <= 0x2593:
        rect(0, 1, 0, 1, blend(colour, back, (code - 0x2590) / 4))
    elif code == 0x2594:
        rect(0, 1, 0, 1 / 8)
    elif code == 0x2595:
        rect(7 / 8, 1, 0, 1)
    elif 0x2596 <= code <= 0x259F:
        bits = QUADRANTS[code - 0x2596]
        for k in range(4):
            if bits >> k & 1:
                rect(k % 2 / 2, k % 2 / 2 + .5, k // 2 / 2, k // 2 / 2 + .5)
    elif 0x2800 <= code <= 0x28FF:
        places = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
        radius = max(w / 4 - 1, 1)
        for bit, (dx, dy) in enumerate(places):
            if code - 0x2800 >> bit & 1:
                cx, cy = x + (dx + .5) * w / 2, y + (dy + .5) * h / 4
                draw.ellipse((cx - radius, cy - radius, cx + radius - 1, cy + radius - 1), fill=colour)
    else:
        return False
    return True


def box(draw, glyph, x, y, w, h, colour):
    arms = BOX.get(glyph)
    if arms is None:
        return False
    cx, cy = x + w // 2, y + h // 2
    for arm in arms:
        draw.line({"l": (x, cy, cx, cy), "r": (cx, cy, x + w - 1, cy),
                   "u": (cx, y, cx, cy), "d": (cx, cy, cx, y + h - 1)}[arm], fill=colour)
    return True


def fonts(path, size):
    for suffix in ("", "-Bold"):
        candidates = [path] if path else [p.format(suffix) for p in FONT_PATHS]
        for candidate in candidates:
            try:
                yield ImageFont.truetype(candidate, size)
                break
            except OSError:
                continue
        else:
            sys.exit("screen_to_png: DejaVu Sans Mono not found; name a font with --font")


def paint(rows, columns, row_count, options):
    plain, bold = fonts(options.font, options.size)
    w = round(plain.getlength("M"))
    h = w * 2 if options.exact else sum(plain.getmetrics())
    ascent = plain.getmetrics()[0] + (h - sum(plain.getmetrics())) // 2
    ink, paper = rgb(options.foreground), rgb(options.background)
    image = Image.new("RGB", (columns * w, row_count * h), paper)
    draw = ImageDraw.Draw(image)
    for r, row in enumerate(rows[:row_count]):
        c = 0
        for glyph, pen, wide in row:
            if c >= columns:
                break
            fore, back = pen.foreground or ink, pen.background or paper
            if pen.reverse:
                fore, back = back, fore
            if pen.dim:
                fore = blend(fore, back, .6)
            x, y = c * w, r * h
            draw.rectangle((x, y, x + wide * w - 1, y + h - 1), fill=back)
            if glyph != " " and not block(draw, ord(glyph[0]), x, y, w, h, fore, back) \
                    and not box(draw, glyph, x, y, w, h, fore):
                draw.text((x, y + ascent), glyph, font=bold if pen.bold else plain, fill=fore, anchor="ls")
            if pen.underline:
                draw.line((x, y + h - 2, x + wide * w - 1, y + h - 2), fill=fore)
            c += wide
    return image


def main():
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("capture", help="file with the captured screen, or - for standard input")
    cli.add_argument("png", help="file to write")
    cli.add_argument("--columns", type=int, help="width in cells (default: the longest line)")
    cli.add_argument("--rows", type=int, help="height in cells (default: the lines captured)")
    cli.add_argument("--size", type=int, default=16, help="font size in pixels")
    cli.add_argument("--font", help="a monospaced TrueType font")
    cli.add_argument("--foreground", default="e5e5e5", help="the terminal's own foreground")
    cli.add_argument("--background", default="000000", help="the terminal's own background")
    cli.add_argument("--exact", action="store_true", help="cells of exactly 1:2 instead of the font's own")
    options = cli.parse_args()
    data = sys.stdin.buffer.read() if options.capture == "-" else Path(options.capture).read_bytes()
    rows = parse(data.decode("utf-8", "replace"))
    columns = options.columns or max((sum(w for *_, w in row) for row in rows), default=1)
    paint(rows, columns, options.rows or max(len(rows), 1), options).save(options.png)


if __name__ == "__main__":
    main()
