"""The support table of docs/xlsform.md, out of catalogue.txt and what the tests really hold.

    python catalogue.py RUHU            says whether the table is what it must be
    python catalogue.py RUHU --write    writes it

Fails when the table is stale; when a feature has neither a form in forms/ nor a test of ours nor a sentence that refuses
it; when a test or a difference it names is not there; when the engine has a function or a type that the catalogue lacks.
Standard library only."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DOC = ROOT / "docs/xlsform.md"
CORE = ROOT / "app-core/src/xlsform"
BEGIN, END = "<!-- generated: features -->", "<!-- /generated -->"

problems = []


def cells(line):
    return [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def sheets(path):
    """{sheet: (headings, rows)} of a form in Markdown."""
    out, name = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        row = cells(line)
        if row and row[0]:
            name = row[0]
            out[name] = ([], [])
        elif row and name:
            if out[name][0]:
                out[name][1].append(row[1:])
            else:
                out[name][0].extend(row[1:])
    return out


FORMS = {path.stem: sheets(path) for path in sorted((HERE / "forms").glob("*.md"))}


def types(form):
    headings, rows = form["survey"]
    at = headings.index("type")
    return [row[at] for row in rows if len(row) > at]


def headings(form):
    return [h for page, _ in form.values() for h in page] + [f"{sheet}:{h}" for sheet, (page, _) in form.items() for h in page]


def formulas(form):
    return [c for sheet in ("survey", "choices") if sheet in form for row in form[sheet][1] for c in row]


def uses(group, feature, form):
    name, find = feature["name"], feature.get("find")
    if group == "Types":
        words = types(form)
        test = (lambda w: re.search(find, w)) if find else (lambda w: w.split(" ")[0] == name)
    elif group == "Columns":
        words = headings(form)
        test = (lambda w: re.search(find, w)) if find else (lambda w: w == name)
    else:
        words = formulas(form)
        pattern = find or r"(?<![\w:.-])" + re.escape(name) + r"\("
        test = lambda w: re.search(pattern, w)  # noqa: E731
    return any(test(w) for w in words)


def catalogue():
    group, out = None, {}
    for line in (HERE / "catalogue.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            group = line[3:].strip()
            out[group] = []
        elif line.strip() and not line.startswith("#"):
            name, *rest = re.split(r" ; ", line)
            out[group].append({"name": name.strip(), **dict(part.split("=", 1) for part in rest)})
    return out


def listed(pattern, text):
    return re.findall(pattern, text)


def known_differences():
    text = (HERE / "known.mjs").read_text(encoding="utf-8").partition("for (const known of KNOWN)")[0]
    out = {}
    for block in text.split("    id: '")[1:]:
        fields = {"why": re.search(r"why: '([^']*)'", block), "proof": re.search(r"proof: '([^']*)'", block)}
        out[block.partition("'")[0]] = {k: m.group(1) for k, m in fields.items() if m}
    return out


TESTS = {name for path in CORE.rglob("*.rs") for name in listed(r"#\[test\]\s+fn (\w+)", path.read_text(encoding="utf-8"))}
KNOWN = known_differences()


def refusal(ruhu, cell):
    column, _, text = cell.partition("|")
    rows = {"type": f"| | {text} | b | B | | |", "calculation": f"| | calculate | b | B | {text} | |"}
    form = f"| survey |\n| | type | name | label | calculation | trigger |\n| | text | a | A | | |\n{rows[column]}\n"
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "form.md"
        path.write_text(form, encoding="utf-8")
        run = subprocess.run([ruhu, "form", "check", str(path)], capture_output=True, text=True, check=False)
    if run.returncode != 2:
        return None
    first = json.loads(run.stdout)["errors"][0]
    return first["message"] if first["row"] == 3 and first["column"] == column else None


def row(ruhu, group, feature):
    name = feature["name"]
    forms = [slug for slug, form in FORMS.items() if uses(group, feature, form)]
    proofs = [p for p in feature.get("proof", "").split(",") if p]
    known = [k for k in feature.get("known", "").split(",") if k]
    problems.extend(f"{name}: there is no test {p}" for p in proofs if p not in TESTS)
    problems.extend(f"{name}: there is no difference {k} in known.mjs" for k in known if k not in KNOWN)
    shown = [f"`{f}`" for f in forms[:3]] + ([f"and {len(forms) - 3} more"] if len(forms) > 3 else [])
    if "refused" in feature:
        sentence = refusal(ruhu, feature["refused"])
        if sentence is None:
            problems.append(f"{name}: is not refused at its row and column")
        return name, "refused", f"“{sentence}”", "`catalogue.py`"
    if forms:
        state = "as ODK, but for " + ", ".join(f"*{k}*" for k in known) if known else "as ODK"
    elif proofs:
        state = "ours, by the specification"
        if known:
            state += "; " + ", ".join(f"*{k}*" for k in known)
    else:
        problems.append(f"{name}: neither a form nor a test shows it")
        state = "?"
    return name, state, feature.get("note", ""), ", ".join(shown + [f"test `{p}`" for p in proofs])


def table(ruhu):
    lines = [BEGIN, "", "Written by `tests/oracles/xforms/catalogue.py --write`; do not edit here. *As ODK*: compared with `@getodk/xforms-engine`", "node by node in the forms named (`tests/oracles/xforms/forms/`); differences in italics are explained below.", ""]
    for group, features in catalogue().items():
        lines += [f"### {group}", "", "| | state | note | shown by |", "|---|---|---|---|"]
        for feature in features:
            text = " | ".join(c.replace("|", "\\|") for c in row(ruhu, group, feature))
            lines.append(f"| {text} |")
        lines.append("")
    lines += ["### Differences that are explained", "", "Each is counted apart by `run.mjs`, which fails on any other.", "", "| | what and why | our side |", "|---|---|---|"]
    for name, fields in KNOWN.items():
        proof = fields.get("proof")
        if proof and proof not in TESTS:
            problems.append(f"{name}: there is no test {proof}")
        lines.append(f"| {name} | {fields['why']} | {f'test `{proof}`' if proof else 'told by the comparison itself'} |")
    return "\n".join([*lines, "", END])


def check_whole():
    """Every function and type of the engine stands in the catalogue; every form says what it is for."""
    named = catalogue()
    functions = {n for path in (CORE / "expr/functions").glob("*.rs") for n in listed(r'Function::new\("([^"]+)"', path.read_text(encoding="utf-8"))}
    problems.extend(f"the function {n} is not in the catalogue" for n in sorted(functions - {f["name"] for f in named["Functions"]}))
    words = (CORE / "form/types.rs").read_text(encoding="utf-8").partition("pub fn name(self)")[2].partition("fn ")[0]
    kinds = set(listed(r'=> "([^"]+)"', words)) - {"form", "group", "repeat"}
    problems.extend(f"the type {n} is not in the catalogue" for n in sorted(kinds - {f["name"] for f in named["Types"]}))
    problems.extend(f"forms/{slug}.md has no form_title that says what it is for" for slug, form in FORMS.items() if "form_title" not in headings(form))


ruhu = sys.argv[1]
check_whole()
made = table(ruhu)
text = DOC.read_text(encoding="utf-8")
before, _, rest = text.partition(BEGIN)
_, _, after = rest.partition(END)
if "--write" in sys.argv:
    DOC.write_text(before + made + after, encoding="utf-8")
elif before + made + after != text:
    problems.append("docs/xlsform.md is stale: python tests/oracles/xforms/catalogue.py RUHU --write")
rows = sum(len(features) for features in catalogue().values())
for problem in problems:
    print(f"WRONG  {problem}")
print(f"{rows} features, {len(FORMS)} forms, {len(KNOWN)} explained differences")
print(f"{rows - len(problems)} passed, {len(problems)} failed")
sys.exit(1 if problems else 0)
