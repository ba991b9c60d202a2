"""One form → XForm by pyxform: `python convert.py FORM OUT.xml`. FORM is a folder of CSV sheets, an .xlsx or an .md file."""

import csv
import sys
import tempfile
from pathlib import Path

import openpyxl
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


form, out = Path(sys.argv[1]), Path(sys.argv[2])
with tempfile.TemporaryDirectory() as scratch:
    source = workbook(form, Path(scratch) / f"{form.name}.xlsx") if form.is_dir() else str(form)
    out.write_text(convert(source, validate=False, pretty_print=False).xform, encoding="utf-8")
