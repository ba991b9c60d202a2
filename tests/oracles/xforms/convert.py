"""Forms → XForms by pyxform.

    python convert.py FORM OUT.xml
    python convert.py --all OUT_FOLDER < names of forms, one a line

FORM is a folder of CSV sheets, a workbook or an .md file. With --all one JSON object a form is printed: `form` (what our
engine reads: an .xls is put into an .xlsx cell by cell, since ours reads no .xls), `xml` or, if pyxform refuses, `error`.
"""

import csv
import datetime
import json
import sys
import tempfile
import warnings
from pathlib import Path

import openpyxl
import xlrd
from pyxform.xls2xform import convert


def workbook(folder, out):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sorted(folder.glob("*.csv")):
        page = book.create_sheet(sheet.stem)
        with open(sheet, encoding="utf-8", newline="") as file:
            for row in csv.reader(file, strict=True):
                page.append([cell or None for cell in row])
    book.save(out)
    return str(out)


def cell(value, kind, mode):
    if kind == xlrd.XL_CELL_DATE:
        parts = xlrd.xldate_as_tuple(value, mode)
        return datetime.datetime(*parts) if parts[0] else datetime.time(*parts[3:])
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return None if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR) else value


def modern(old, out):
    source = xlrd.open_workbook(old)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in source.sheets():
        page = book.create_sheet(sheet.name)
        for row in range(sheet.nrows):
            page.append([cell(c.value, c.ctype, source.datemode) for c in sheet.row(row)])
    book.save(out)
    return str(out)


def xform(form):
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = workbook(form, Path(scratch) / f"{form.name}.xlsx") if form.is_dir() else str(form)
        return convert(source, validate=False, pretty_print=False).xform


def one(form, out, number):
    said = {"source": str(form), "form": str(form)}
    try:
        if form.suffix == ".xls":
            said["form"] = modern(form, out / f"{form.stem}.xlsx")
        text = xform(form)
        said["xml"] = str(out / f"{number}.xml")
        Path(said["xml"]).write_text(text, encoding="utf-8")
    except Exception as error:  # pyxform raises whatever comes: it refuses, that is all
        said["error"] = f"{type(error).__name__}: {error}"
    return said


if sys.argv[1] == "--all":
    folder = Path(sys.argv[2])
    for at, line in enumerate(sys.stdin.read().splitlines()):
        print(json.dumps(one(Path(line), folder, at), ensure_ascii=False))
else:
    Path(sys.argv[2]).write_text(xform(Path(sys.argv[1])), encoding="utf-8")
