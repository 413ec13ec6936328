"""`einlint equiv`: are two expressions equal, for all sizes?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from einlint.failures import Unavailable
from einlint.options import Wrong, device_option
from einlint.verification.batch import Workers, answers, as_json, running
from einlint.verification.expressions import NotParsed, Refused
from einlint.verification.functions import both_as_text, is_function
from einlint.verification.problems import QuestionError
from einlint.verification.question import Question, parse_question
from einlint.verification.report import in_words

EXIT_CODES = {"proved": 0, "tested": 0, "different": 1, "unknown": 3}
WRONG_USAGE = 2


def _entries(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> list[dict[str, str]]:
    """`"x: b d n; C: b l n"` -> names and what they stand for, once for each use of the option."""
    found = []
    for text in texts:
        entries: dict[str, str] = {}
        for part in filter(None, map(str.strip, text.split(";"))):
            name, colon, rest = map(str.strip, part.partition(":"))
            if not colon or not name:
                raise click.BadParameter(f"`{part}` is not `name: ...`")
            if name in entries:
                raise click.BadParameter(f"`{name}` is given twice")
            entries[name] = rest
        found.append(entries)
    return found


def _sizes(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, int]:
    sizes = {}
    for entries in _entries(context, parameter, texts):
        for name, size in entries.items():
            if not size.isdecimal():
                raise click.BadParameter(f"the size of `{name}` is not an integer")
            sizes[name] = int(size)
    return sizes


@click.command(short_help="Say whether two expressions are equal, for all sizes.")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option(
    "--tensors", multiple=True, metavar="AXES", callback=_entries,
    help='The operands, as in "x: b d n; C: b l n". Given again: further ranks for which A and B must agree.',
)  # fmt: skip
@click.option("--constraint", "constraints", multiple=True, metavar="TEXT", help='As in "H = 2*h", "n >= 0".')
@click.option("--sizes", multiple=True, metavar="SIZES", callback=_sizes, help='Fixed sizes, as in "p: 2".')
@click.option("--dtypes", multiple=True, metavar="DTYPES", callback=_entries, help='As in "x: int64"; else float64.')
@click.option("--framework", type=click.Choice(["torch", "numpy"]), default="torch", show_default=True)
@click.option("--mutates", is_flag=True, help="The expressions write into their operands.")
@click.option("--file", metavar="PAIRS.jsonl", help="Pairs as JSON, one a line; - reads stdin.")
@device_option
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def equiv(
    a: str | None,
    b: str | None,
    file: str | None,
    output_format: str,
    device: str,
    tensors: list[dict[str, str]],
    **options: Any,
) -> None:
    """Say whether the expressions A and B are equal, for all sizes.

    A and B may also name straight-line functions, as in model.py::attention; --tensors then gives the parameters of
    the first. Equal means the same shape, dtype and values, and an exception on both sides or none. Differences in
    gradient, shared memory and autocast are named. The smallest counterexample is printed as code. Neither side is
    given to `eval`; both are run on fresh tensors in a process of their own.

    Exit codes: 0 equal, 1 different, 2 wrong usage, 3 unknown. With --file: 0 when every line was answered.
    """
    if file is not None:
        if a is not None or tensors:
            raise click.UsageError("--file takes no expressions and no tensors")
        sys.exit(_answer_file(file, output_format, device))
    if a is None or b is None or not tensors:
        raise click.UsageError("give two expressions and --tensors, or --file")
    if is_function(a) or is_function(b):
        a, b = _functions(a, b)
    fields = {
        **options, "a": a, "b": b, "tensors": tensors[0], "tensors_alt": tensors[1:],
        "constraints": list(options["constraints"]), "dtypes": {k: v for d in options["dtypes"] for k, v in d.items()},
    }  # fmt: skip
    sys.exit(_answer_one(fields, output_format, device))


def _functions(a: str, b: str) -> tuple[str, str]:
    if not (is_function(a) and is_function(b)):
        _fail("one side is a function and the other an expression: give two functions or two expressions")
    try:
        return both_as_text(a, b)
    except QuestionError as problem:
        _fail(str(problem))


def _fail(message: str) -> NoReturn:
    raise Wrong(message)


def _answer_one(fields: dict[str, Any], output_format: str, device: str) -> int:
    try:
        question: Question | None = parse_question(fields)
    except (QuestionError, NotParsed) as problem:
        _fail(str(problem))
    except Refused:
        question = None  # the verdict says why
    with _running(1, device) as workers:
        verdict = workers.decide(fields)
    if output_format == "json":
        click.echo(json.dumps(as_json(None, verdict)))
    else:
        click.echo(f"unknown: {verdict.message}" if question is None else in_words(question, verdict))
    return EXIT_CODES[verdict.verdict]


@contextmanager
def _running(count: int | None, device: str) -> Iterator[Workers]:
    try:
        with running(count, device) as workers:
            yield workers
    except Unavailable as error:
        _fail(str(error))


def _answer_file(file: str, output_format: str, device: str) -> int:
    try:
        opened = click.open_file(file, encoding="utf-8", errors="replace")
    except OSError as error:
        _fail(f"cannot read `{file}`: {error.strerror}")
    with opened as lines:
        _print_answers(lines, output_format, device)
    return 0


def _print_answers(lines: Iterable[str], output_format: str, device: str) -> None:
    with _running(None, device) as workers:
        for answer in answers(lines, workers):
            click.echo(json.dumps(answer) if output_format == "json" else _line(answer))


def _line(answer: dict[str, Any]) -> str:
    parts = [f"{answer['id']}: {answer['verdict']}"]
    if answer["differs_in"]:
        parts.append(f"differs in {', '.join(answer['differs_in'])}")
    if "witness" in answer:
        parts.append("at " + ", ".join(f"{axis} = {size}" for axis, size in answer["witness"].items()))
    return ", ".join(parts) + (f" ({answer['message']})" if "message" in answer else "")


if __name__ == "__main__":
    equiv(args=sys.argv[2:] if sys.argv[1:2] == ["equiv"] else sys.argv[1:])
