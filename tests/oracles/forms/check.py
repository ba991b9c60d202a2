"""The forms against their oracles: pyxform converts each without error or warning, ODK Validate accepts the result,
and every box, line and explanation of the notice (notice.py) is there, under the stable names (names.py).

    tests/oracles/forms/run.sh            (makes the venv; or: python check.py in a venv with requirements.txt)

Prints one line per failure and `N passed, N failed`; exit 1 on failure. Only PyPI is used, and Java for Validate."""

import csv
import re
import sys
import tempfile
from pathlib import Path

import lxml.etree
import openpyxl
from pyxform.validators import odk_validate
from pyxform.xls2xform import convert

import names
import notice

ROOT = Path(__file__).resolve().parents[3]
PACK = ROOT / "app-core/packs/guangxi-2023"
# --xml DIR keeps the converted forms, for engine/golden.mjs
KEEP = sys.argv[sys.argv.index("--xml") + 1] if "--xml" in sys.argv else None
EN = "::English (en)"
TEXTS = ("label", "hint", "constraint_message", "required_message")
passed, failures = 0, []


def check(ok, what):
    global passed
    if ok:
        passed += 1
    else:
        failures.append(what)


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


class Form:
    def __init__(self, slug):
        folder = PACK / "forms" / slug
        self.slug, self.folder = slug, folder
        self.survey, self.choices = rows(folder / "survey.csv"), rows(folder / "choices.csv")
        self.by_name = {r["name"]: r for r in self.survey if r["name"] and not r["type"].startswith("end")}
        self.lists = {}
        for r in self.choices:
            self.lists.setdefault(r["list_name"], []).append(r)

    def options(self, question):
        kind = self.by_name.get(question, {}).get("type", "").split()
        return self.lists.get(kind[1], []) if len(kind) > 1 else []

    def workbook(self, folder):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in ("survey", "choices", "settings"):
            page = book.create_sheet(sheet)
            with open(self.folder / f"{sheet}.csv", encoding="utf-8", newline="") as file:
                for row in csv.reader(file, strict=True):
                    page.append([cell or None for cell in row])
        path = Path(folder) / f"{self.slug}.xlsx"
        book.save(path)
        return path


def oracle(form, folder):
    """pyxform and ODK Validate: neither an error nor a warning."""
    try:
        result = convert(str(form.workbook(folder)), validate=False, pretty_print=False)
    except Exception as error:  # pyxform's own errors are of several kinds
        return check(False, f"{form.slug}: pyxform refuses it: {error}")
    check(not result.warnings, f"{form.slug}: pyxform warns: {result.warnings}")
    path = Path(folder) / f"{form.slug}.xml"
    path.write_text(result.xform, encoding="utf-8")
    try:
        warnings = odk_validate.check_xform(str(path))
        check(not warnings, f"{form.slug}: ODK Validate warns: {warnings}")
    except Exception as error:
        return check(False, f"{form.slug}: ODK Validate refuses it: {error}")
    for name in names.OVERRIDES[form.slug]:
        check(re.search(rf'<bind [^>]*nodeset="[^"]*/{name}"[^>]*ruhu:override="yes"', result.xform), f"{form.slug}: {name} lost its override on the way")


def twins(form):
    for sheet, lines in (("survey", form.survey), ("choices", form.choices)):
        for number, row in enumerate(lines, 2):
            for column in TEXTS:
                own, twin = row.get(column) or "", row.get(column + EN) or ""
                check(bool(own) == bool(twin), f"{form.slug} {sheet} row {number}: {column} and its English twin go together")
                check(not re.search(r"[\u4e00-\u9fff]", twin), f"{form.slug} {sheet} row {number}: Chinese in the English {column}")
                check(set(re.findall(r"\$\{\w+\}", own)) == set(re.findall(r"\$\{\w+\}", twin)), f"{form.slug} {sheet} row {number}: {column} names other values in English")
                check(not re.search(r"7500|7,500|12个月|12 months", own + twin), f"{form.slug} {sheet} row {number}: a policy number typed into {column}")
            for column in ("calculation", "constraint", "relevant"):
                check("7500" not in (row.get(column) or ""), f"{form.slug} {sheet} row {number}: a policy number typed into {column}")


def stable_names(form):
    for name, codes in names.NAMES[form.slug].items():
        check(name in form.by_name, f"{form.slug}: no question {name}")
        if codes is not None:
            got = [o["name"] for o in form.options(name)]
            check(got == codes.split(), f"{form.slug}: {name} offers {got}, should be {codes.split()}")
    overridden = {r["name"] for r in form.survey if r.get("bind::ruhu:override") == "yes"}
    check(overridden == names.OVERRIDES[form.slug], f"{form.slug}: overridable are {sorted(overridden)}")
    for row in form.survey:
        if row.get("bind::ruhu:override"):
            check(row.get("calculation"), f"{form.slug}: {row['name']} is overridable but nothing computes it")
        why, twin = row.get("bind::ruhu:explain") or "", row.get("bind::ruhu:explain_en") or ""
        check(set(re.findall(r"\{\w+\}", why)) == set(re.findall(r"\{\w+\}", twin)) and bool(why) == bool(twin), f"{form.slug}: the explanation of {row['name']} and its English twin")
        for name in re.findall(r"\{(\w+)\}", why):
            check(name in form.by_name, f"{form.slug}: the explanation of {row['name']} names {name}, which is not there")
    check(form.slug == rows(form.folder / "settings.csv")[0]["form_id"], f"{form.slug}: form_id is the slug")


def words(form):
    """Every printed line is found in the form's texts, in the paper's order."""
    texts = [t for r in form.survey for t in ((r.get("label") or ""), (r.get("hint") or "")) if t]
    at = 0
    for line in notice.LINES[form.slug]:
        found = next((n for n in range(at, len(texts)) if line in texts[n]), None)
        check(found is not None, f"{form.slug}: “{line}” is missing or out of order")
        at = at if found is None else found
    numerals = [r["label"] for r in form.survey if r["type"] == "begin_group" and re.match(r"[一二三四五六七八]、", r["label"])]
    check(len(numerals) == notice.SECTIONS.get(form.slug, 0), f"{form.slug}: {len(numerals)} numbered sections")
    for question, labels in notice.CHOICES[form.slug].items():
        got = [o["label"] for o in form.options(question)]
        check(got == labels, f"{form.slug}: {question} prints {got}")


def measures(form):
    """15 families of 附件2-2 with every nested box and every blank."""
    families = [r["name"] for r in form.survey if re.match(r"m_[a-z_]+$", r["name"]) and not re.search(r"_(other|detail|text)$", r["name"])]
    check(len(families) == len(notice.MEASURES), f"{len(families)} families of measures that are choices")
    for name, (family, boxes, nested) in zip(families, notice.MEASURES):
        check(form.by_name[name]["label"] == family, f"{name} is called {form.by_name[name]['label']}, printed {family}")
        check([o["label"] for o in form.options(name)] == boxes, f"{name}: boxes")
        sub = f"{name}_detail" if len(boxes) == 1 else f"{name}_other"
        check([o["label"] for o in form.options(sub)] == nested, f"{sub}: nested boxes")
        check(f"{name}_text" in form.by_name, f"{name}: the blank to write in")
    check(form.by_name["m_other"]["label"] == notice.MEASURES_LAST, "the fifteenth family 其他")
    total = sum(len(f) + len(n) for _, f, n in notice.MEASURES)
    got = sum(len(form.options(r["name"])) for r in form.survey if r["name"].startswith("m_"))
    check(got == total, f"{got} boxes of measures, the notice prints {total}")


def codes(forms):
    """A choice of a form is a code of codes.csv with the same label, wherever codes.csv has that list."""
    table = {}
    for r in rows(PACK / "codes.csv"):
        check((r["list"], r["code"]) not in table, f"codes.csv: {r['list']} {r['code']} twice")
        check(re.fullmatch(r"[a-z0-9_]+|[ABC]", r["code"]) and r["label"] and r["label_en"], f"codes.csv: {r['list']} {r['code']}")
        table[r["list"], r["code"]] = r["label"]
    lists = {key[0] for key in table}
    for name in "relation education schooling health work living".split():
        check(name in lists, f"codes.csv has no list {name}")
    for form in forms:
        for r in form.choices:
            name = {"risk_short": "risk"}.get(r["list_name"], r["list_name"])
            if name in lists and r["list_name"] != "risk" and name not in ("allowance_kind",):
                check(table.get((name, r["name"])) == r["label"], f"{form.slug}: {r['list_name']} {r['name']} differs from codes.csv")


HEADS = {
    "params": "key,value,from,to,unit,provisional,source,label,label_en",
    "codes": "list,code,label,label_en,order,sex,from,to,provisional,source",
    "phases": "id,label,label_en,from,to,flag,source,note,note_en",
    "checklist": "level,number,phase,task,content,task_en,content_en,evidence",
    "routes": "case,order,step,label,label_en,level,permit,optional,min_days,max_days,deadline,source",
    "permits": "title,label,label_en,level,scope,permits,source",
    "rules": "id,paragraph,applies_to,needs,when,finding,risk_kind,numbers,title,title_en,words,words_en",
    "checks": "id,paragraph,applies_to,needs,when,finding,risk_kind,numbers,title,title_en,words,words_en,severity,fields",
}


def pack_files():
    for name, head in HEADS.items():
        with open(PACK / f"{name}.csv", encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file, strict=True))
        check(",".join(lines[0]) == head, f"{name}.csv: columns")
        check(all(len(line) == len(lines[0]) for line in lines), f"{name}.csv: a row has more or fewer cells than the heading")
    for name in ("rules", "checks"):
        for row in rows(PACK / f"{name}.csv"):
            parts = [p.split("=", 1) for p in row["numbers"].split("; ")] if row["numbers"] else []
            check(all(len(p) == 2 for p in parts), f"{name}.csv {row['id']}: numbers")
            for expression in [row["when"], *[p[1] for p in parts if len(p) == 2]]:
                try:
                    lxml.etree.XPath(expression.replace("${members}", "members"))
                    check(True, "")
                except lxml.etree.XPathSyntaxError as error:
                    check(False, f"{name}.csv {row['id']}: {error}: {expression}")
            for column in ("words", "words_en"):
                used = set(re.findall(r"\{(\w+)\}", row[column]))
                check(row[column] and used <= {p[0] for p in parts}, f"{name}.csv {row['id']}: {column} uses {used}")
            check(not re.search(r"[\u4e00-\u9fff]", row["words_en"]), f"{name}.csv {row['id']}: Chinese in words_en")
    for level, tasks in notice.CHECKLIST.items():
        got = [r for r in rows(PACK / "checklist.csv") if r["level"] == level]
        check([r["task"] for r in got] == tasks, f"checklist: {level}")
        check(all(r["content"] and r["content_en"] for r in got), f"checklist: {level} content")
    days = {r["to"] for r in rows(PACK / "phases.csv") if r["flag"] == "disagrees"}
    check(days == {"2023-06-24", "2023-06-25"}, "phases: 24 and 25 June are both kept, flagged")
    permits = {p for r in rows(PACK / "permits.csv") for p in r["permits"].split()}
    params = {r["key"] for r in rows(PACK / "params.csv")}
    for r in rows(PACK / "routes.csv"):
        check(r["permit"] in permits, f"routes: nobody holds the permit {r['permit']}")
        for column in ("min_days", "max_days", "deadline"):
            check(not r[column] or r[column] in params, f"routes: {r[column]} is not a parameter")


def main():
    slugs = sorted(p.name for p in (PACK / "forms").iterdir() if p.is_dir())
    check(slugs == sorted(notice.LINES), f"forms in the pack: {slugs}")
    forms = [Form(slug) for slug in slugs if slug in notice.LINES]
    with tempfile.TemporaryDirectory() as scratch:
        folder = KEEP or scratch
        Path(folder).mkdir(parents=True, exist_ok=True)
        for form in forms:
            oracle(form, folder)
            twins(form)
            stable_names(form)
            words(form)
    check(len(notice.RISKS) == 11 and len(notice.MEASURES) + 1 == 15, "11 risk kinds and 15 families in the transcription")
    measures(next(f for f in forms if f.slug == "screening-monitored"))
    codes(forms)
    pack_files()
    for line in failures:
        print("FAIL", line)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
