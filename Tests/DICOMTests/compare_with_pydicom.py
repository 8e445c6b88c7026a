#!/usr/bin/env python3
"""Compare what `wetread dump pixels` writes with pydicom, pixel by pixel.

  python3 compare_with_pydicom.py WETREAD FOLDER

WETREAD is the built binary, FOLDER the shared `dicom` folder (with index.csv). Compared are, for
every readable grey file: stored values of all frames (lossy ones within a grey level), modality
values, and display values of the first linear, exact or sigmoid window. Needs pydicom 3, numpy and
pylibjpeg with its plugins. Exits 1 where something differs.
"""
import csv, subprocess, sys, tempfile, warnings
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = 0
LOSSY = {f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55, 81, 91, 93, 203)}


def dump(wetread, path, kind, frame, out):
    command = [wetread, "dump", "pixels", str(path), "--output", out, f"--{kind}", "--frame", str(frame)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return np.load(out)


def window(values, ds):
    """The first window by the formulas of PS3.3 C.11.2, as 0...1, and MONOCHROME1 turned over."""
    x = values.astype(np.float64)
    c, w = (ds[k].value for k in ("WindowCenter", "WindowWidth"))
    c, w = (float(v[0]) if isinstance(v, pydicom.multival.MultiValue) else float(v) for v in (c, w))
    function = ds.get("VOILUTFunction", "LINEAR") or "LINEAR"
    if function == "SIGMOID":
        y = 1 / (1 + np.exp(-4 * (x - c) / w))
    elif function == "LINEAR_EXACT":
        y = np.clip((x - c) / w + 0.5, 0, 1)
    else:
        y = np.clip((x - (c - 0.5)) / (w - 1) + 0.5, 0, 1)
    inverted = ds.PhotometricInterpretation == "MONOCHROME1" or ds.get("PresentationLUTShape") == "INVERSE"
    return 1 - y if inverted else y


def main():
    wetread, folder = sys.argv[1], Path(sys.argv[2])
    frames = displays = skipped = 0
    faults = []
    with open(folder / "index.csv", newline="", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["expect"] == "read"]
    with tempfile.TemporaryDirectory() as temporary:
        out = temporary + "/x.npy"
        for row in rows:
            path = folder / row["path"]
            try:
                ds = pydicom.dcmread(path, force=True)
                if "TransferSyntaxUID" not in ds.file_meta:
                    ds.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
                if not ds.get("PhotometricInterpretation", "MONOCHROME2").startswith("MONOCHROME"):
                    skipped += 1
                    continue
                pixels = ds.pixel_array
            except Exception:
                skipped += 1
                continue
            pixels = pixels if pixels.ndim == 3 else pixels[np.newaxis]
            allowed = 1 if str(ds.file_meta.TransferSyntaxUID) in LOSSY else 0
            for number, expected in enumerate(pixels):
                stored = dump(wetread, path, "stored", number + 1, out)
                worst = np.abs(stored.astype(np.int64) - expected.astype(np.int64)).max()
                if stored.shape != expected.shape or worst > allowed:
                    faults.append(f"{row['path']} frame {number + 1}: stored differs by {worst}")
                frames += 1
                if number > 0:
                    continue
                if "SharedFunctionalGroupsSequence" in ds:
                    continue  # pydicom does not look for the rescale there
                ours = dump(wetread, path, "modality", 1, out)
                try:
                    theirs = apply_modality_lut(stored, ds).astype(np.float64)
                except TypeError:  # pydicom stumbles over an empty Modality LUT Sequence
                    theirs = stored.astype(np.float64)
                if np.abs(ours - theirs).max() > 1e-6 * max(1, np.abs(theirs).max()):
                    faults.append(f"{row['path']}: modality differs")
                if not ds.get("WindowCenter") or row["voi"] != "window":
                    continue
                first = ds.WindowWidth[0] if ds["WindowWidth"].VM > 1 else ds.WindowWidth
                if float(first) < 1:
                    continue  # not a window (PS3.3 C.11.2.1.2); it is replaced, and said
                shown = dump(wetread, path, "display", 1, out).astype(np.float64) / 255
                difference = np.abs(shown - window(theirs, ds)).max()
                displays += 1
                if difference > 1e-4:
                    faults.append(f"{row['path']}: display differs by {difference:.4f}")
    print(f"{frames} frames of stored values, {displays} displays compared, {skipped} files not compared")
    print("\n".join(faults) or "no difference")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
