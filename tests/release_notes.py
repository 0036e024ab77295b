"""The notes of a release: its section of the changelog, and what has changed since the release before.

What users rely on is compared, not commits: the public Python API and the contract, both as their baselines had them at
the earlier tag, and the short table of the benchmarks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import NamedTuple

import baseline
import building
import contract_facts

TABLE = "docs/benchmarks.md"


class Diff(NamedTuple):
    """What has become of something public since the release before."""

    what: str
    broken: list[str]
    added: list[str]


def not_accepted() -> list[str]:
    """What the baselines do not hold yet, and what to do."""
    found = (baseline.check(each, complete=True) for each in baseline.BASELINES)
    return [each for each in found if each]


def at(tag: str, path: str) -> str:
    """A file as it was at a tag; empty if there was none."""
    return building.run("git", "-C", building.ROOT, "show", f"{tag}:{path}", check=False).stdout


def diffs(tag: str) -> tuple[Diff, ...]:
    """What has changed for users since a tag."""
    found = []
    for each in baseline.BASELINES:
        old, new = at(tag, f"tests/judges/baselines/{each.file}"), each.now()
        names = names_in_stub if each.file.startswith("python") else names_in_contract
        found.append(Diff(each.what, each.breakages(old, new), added(names(old), names(new))))
    return tuple(found)


def names_in_stub(stub: str) -> set[str]:
    """Classes, what they have, and the arguments of that, as dotted names."""
    found = set()
    for each in ast.parse(stub).body:
        assert isinstance(each, ast.ClassDef)
        found.add(each.name)
        for member in each.body:
            if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{each.name}.{member.name.partition('__overload_')[0]}"
                arguments = (*member.args.posonlyargs, *member.args.args, *member.args.kwonlyargs)
                found |= {name, *(f"{name}.{argument.arg}" for argument in arguments if argument.arg != "self")}
            elif isinstance(member, ast.AnnAssign | ast.Assign):
                target = member.target if isinstance(member, ast.AnnAssign) else member.targets[0]
                found.add(f"{each.name}.{ast.unparse(target)}")
    return found


def names_in_contract(facts: str) -> set[str]:
    """Operations, schemas, and what they have, as dotted names."""
    subjects = (re.sub(r" answers (\d+)$", r"/\1", key) for key in contract_facts.read(facts))
    return {each.replace("/", ".") for each in subjects if " " not in each}


def added(old: set[str], new: set[str]) -> list[str]:
    """The names that are new; of what is new as a whole, only its own."""
    names = new - old
    return sorted(each for each in names if not any(each.startswith(f"{whole}.") for whole in names))


def short_table(page: str) -> dict[str, dict[str, str]]:
    """The first table of the benchmarks: what each contender has, by row."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    if len(lines) < 3:
        return {}
    rows = []
    for line in lines:
        if rows and line.count("|") != lines[0].count("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[2:]}


def benchmarks(old: str, new: str) -> str:
    """How the short table of the benchmarks has changed, as a table of its own."""
    before, after = short_table(old), short_table(new)
    lines = [
        f"| {label} ({row['better']} is better) | `{name}` | {was} | {now} |"
        for label, row in after.items()
        for name, now in row.items()
        if re.match(r"messagemedia|\[", name) and (was := before.get(label, {}).get(name, "-")) != now
    ]
    if not lines:
        return f"The figures of `{TABLE}` are those of the release before.\n"
    return "".join(f"{line}\n" for line in ["| | | before | now |", "|---|---|---:|---:|", *lines])


def write(section: str, tag: str, compared: Iterable[Diff], built: building.Built) -> str:
    """The notes."""
    parts = [section]
    if tag:
        parts.append(f"## Compared with {tag}")
        for each in compared:
            parts.append(f"**{each.what[0].upper()}{each.what[1:]}**")
            parts.append(_listed("No longer as it was", each.broken) + _listed("New", each.added) or "No change.")
        page = (building.ROOT / TABLE).read_text(encoding="utf-8")
        parts += ["**Benchmarks**", benchmarks(at(tag, TABLE), page).strip()]
    else:
        parts.append("The first release, so there is none to compare it with.")
    files = "".join(f"| {each.name} | {each.stat().st_size:,} | `{building.digest(each)}` |\n" for each in built)
    parts.append(f"## Files\n\n| File | Bytes | SHA-256 |\n|---|---:|---|\n{files}")
    parts.append(
        f"`SOURCE_DATE_EPOCH={building.moment()} python -m build --no-isolation` makes the same bytes, with the versions of"
        " `requirements-check.txt`."
    )
    return "\n\n".join(each.strip() for each in parts) + "\n"


def _listed(title: str, lines: list[str]) -> str:
    return f"{title}:\n\n" + "".join(f"- `{each}`\n" for each in lines) + "\n" if lines else ""
