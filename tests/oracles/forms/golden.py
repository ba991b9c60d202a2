"""The golden cases of tests/golden/forms through our own engine.

    python tests/oracles/forms/golden.py path/to/ruhu [part of a case's name] [--cases DIR]

Each case: story, form, today, facts (as for `ruhu pack judge`), answers, expect {values, relevant, choices, violations}.
`values`, `relevant` and `choices` list what matters to the story; `violations` is the whole list (name and kind).
The same cases hold in ODK's engine: tests/oracles/xforms/golden.mjs. Standard library only."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACK = ROOT / "app-core/packs/guangxi-2023"


def number(value):
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def same(got, want):
    if isinstance(got, list) and isinstance(want, str):  # a case may write a multiple choice as the form does
        return " ".join(got) == want
    if isinstance(want, str) and number(want) is not None and number(got) is not None:
        return abs(number(got) - number(want)) <= 1e-9 * max(1, abs(number(want)))
    if isinstance(want, (int, float)) and not isinstance(want, bool) and isinstance(got, (int, float)):
        return abs(got - want) < 1e-9
    if isinstance(want, list) and want and isinstance(want[0], dict):
        return isinstance(got, list) and len(got) == len(want) and all(part(g, w) for g, w in zip(got, want))
    return (got or None) == (want or None) or str(got) == str(want)


def part(got, want):
    """A repeat's row: the engine may wrap it as {values: …}."""
    row = got.get("values", got)
    return all(same(row.get(name), value) for name, value in want.items())


def run(binary, case, folder):
    paths = {}
    for name in ("answers", "facts"):
        paths[name] = Path(folder) / f"{name}.json"
        paths[name].write_text(json.dumps(case[name], ensure_ascii=False), encoding="utf-8")
    command = [binary, "form", "run", PACK / "forms" / case["form"], "--answers", paths["answers"], "--facts", paths["facts"], "--pack", PACK, "--today", case["today"]]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return [f"exit {done.returncode}: {(done.stderr or done.stdout).strip()[:400]}"]
    got, want, wrong = json.loads(done.stdout), case["expect"], []
    for kind in ("values", "relevant", "choices"):
        for name, value in want.get(kind, {}).items():
            if name not in got[kind]:
                wrong.append(f"{kind} has no {name}")
            elif not same(got[kind][name], value):
                wrong.append(f"{kind} {name} is {got[kind][name]!r}, expected {value!r}")
    # inside a repeat a violation is told by the row's path; its last step is the question
    told = sorted(f"{v['name'].split('/')[-1]} {v['kind']}" for v in got["violations"])
    asked = sorted(f"{v['name']} {v['kind']}" for v in want.get("violations", []))
    if told != asked:
        wrong.append(f"violations {told}, expected {asked}")
    return wrong


def main():
    given = sys.argv[1:]
    cases = ROOT / "tests/golden/forms"
    if "--cases" in given:
        at = given.index("--cases")
        cases = Path(given[at + 1])
        del given[at:at + 2]
    binary, only = given[0], (given[1] if len(given) > 1 else "")
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(cases.glob("*.json")):
            if only not in path.name:
                continue
            wrong = run(binary, json.loads(path.read_text(encoding="utf-8")), folder)
            passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
            for line in wrong:
                print("FAIL", path.name, line)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
