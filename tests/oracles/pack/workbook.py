"""The pack's workbook in another program's hands: openpyxl opens it, changes a number the way a person types it, and
saves it; what comes back is the same pack but for that number. Usage: workbook.py RUHU"""
import json
import pathlib
import subprocess
import sys
import tempfile

import openpyxl

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACK = ROOT / "app-core/packs/guangxi-2023"
passed = failed = 0


def ruhu(*args, fails=False):
    done = subprocess.run([sys.argv[1], "pack", *map(str, args)], capture_output=True, text=True)
    if (done.returncode != 0) != fails:
        raise SystemExit(f"ruhu pack {args[0]}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def check(what, so):
    global passed, failed
    passed, failed = passed + bool(so), failed + (not so)
    if not so:
        print("FAILED", what)


def cell(sheet, row_of, column):
    headings = [c.value for c in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if all(row[headings.index(k)].value == v for k, v in row_of.items()):
            return row[headings.index(column)]
    raise SystemExit(f"{sheet.title} has no row {row_of}")


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    hash_ = ruhu("check", "--pack", PACK)["hash"]
    ruhu("export", "--pack", PACK, "--to", folder / "a.xlsx")

    book = openpyxl.load_workbook(folder / "a.xlsx")
    check("every cell of the policy is text", all(
        isinstance(c.value, (str, type(None))) for s in book for r in s.iter_rows() for c in r))
    book.save(folder / "b.xlsx")
    check("saved by another program, the pack is the same",
          ruhu("import", folder / "b.xlsx", "--to", folder / "b")["hash"] == hash_)

    cell(book["params"], {"key": "income_line", "from": "2023-01-01"}, "value").value = 8000
    cell(book["pack"], {"key": "version"}, "value").value = "2023.2"
    book["screening-lifted.choices"].append(["outreach", "market", "赶圩宣传", "At the market"])
    book.save(folder / "c.xlsx")
    ruhu("import", folder / "c.xlsx", "--to", folder / "c")
    found = ruhu("diff", "--old", PACK, "--new", folder / "c")["differences"]
    check("three differences", [(d["kind"], d["id"]) for d in found] == [
        ("added", "outreach/market"), ("changed", "guangxi-2023"), ("changed", "income_line/2023-01-01")])
    check("both numbers in the words", "7500 → 8000" in found[2]["words"])
    check("the workbook compares like the folder",
          ruhu("diff", "--old", PACK, "--new", folder / "c.xlsx")["differences"] == found)

    cell(book["rules"], {"id": "labour-shortage"}, "when").value = "now/labour >"
    book.save(folder / "d.xlsx")
    errors = ruhu("import", folder / "d.xlsx", "--to", folder / "d", fails=True)["errors"]
    check("a broken rule is refused by sheet, row and column",
          any((e["file"], e["row"], e["column"]) == ("rules.csv", 2, "when") for e in errors))
    check("and nothing was written", not (folder / "d").exists())

print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
