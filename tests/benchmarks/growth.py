"""How the time of one file grows with its size: files of N and of 4 N functions, classes, calls...

    python tests/benchmarks/growth.py           # a ratio above 6 is marked: time should grow with the size, so by 4
    python tests/benchmarks/growth.py 2000 classes

CPU seconds of all rules in this process.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable

from einlint.checking import check
from einlint.registry import rules
from einlint.settings import Settings

SETTINGS = Settings(frozenset(rules()))
HEAD = "import torch\nfrom torch import nn\nfrom einops import rearrange\n"
SPLIT = "rearrange(x, 'b n (h d) -> b h n d', h=8)"
UNPACKED = "b, n, d = x.shape"
FUNCTION = f"def f{{0}}(x):\n    {UNPACKED}\n    return {SPLIT}\n"
METHOD = f"    def f{{0}}(self, x):\n        {UNPACKED}\n        return self.l({SPLIT})\n"
INIT = "    def __init__(self, d):\n        self.l = nn.Linear(d, d)\n"


def repeated(text: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """A file with so many copies of a text, each with its number."""
    return lambda count: HEAD + before + "".join(text.format(number) for number in range(count)) + after


KINDS = {
    "functions": repeated(FUNCTION),
    "functions without calls": repeated(
        "def f{0}(x):\n    y = x + {0}\n    return y.view(3, 4).sum(-1)\n", after=SPLIT
    ),
    "functions in a function": repeated(
        f"    def g{{0}}(x):\n        return {SPLIT}\n", f"def f(x):\n    {UNPACKED}\n", "    return x\n"
    ),
    "functions that call one": repeated("def g{0}(x):\n    return f(x).mean({0})\n", FUNCTION.replace("{0}", "")),
    "methods": repeated(METHOD, f"class A(nn.Module):\n{INIT}"),
    "classes": repeated(f"class A{{0}}(nn.Module):\n{INIT}{METHOD}"),
    "layers": repeated("        self.l{0} = nn.Linear(d, d)\n", f"class A(nn.Module):\n{METHOD.format(0)}{INIT}"),
    "calls of a module": repeated(f"y{{0}} = {SPLIT}\n"),
    "calls that are wrong": repeated("rearrange(x, 'a b')\n"),
    "calls in a loop": repeated(f"    while x:\n        y = {SPLIT}\n", f"def f(x):\n    {UNPACKED}\n"),
    "lambdas": repeated(f"f{{0}} = lambda x: {SPLIT}\n"),
    "aliases": repeated("r{0} = rearrange\nr{0}(x, 'a b')\n"),
    "imports": repeated("from m{0} import rearrange as r{0}\nr{0}(x, 'a b')\n"),
    "comments": repeated("    y{0} = x + {0}  # (b, n, d)\n", f"def f(x):\n    {UNPACKED}\n", f"    return {SPLIT}\n"),
    "suppressions": repeated("rearrange(x, 'a b')  # noqa: EIN001\n"),
}


def seconds(text: str) -> float:
    """CPU time of a check."""
    start = time.process_time()
    check(text.encode(), "/nowhere/a.py", SETTINGS)
    spent = time.process_time() - start
    gc.collect()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=500)
    parser.add_argument("kinds", nargs="*", default=list(KINDS), metavar="kind")
    arguments = parser.parse_args()
    gc.disable()
    seconds(KINDS["functions"](1))
    for kind in arguments.kinds:
        one, four = (seconds(KINDS[kind](count)) for count in (arguments.count, 4 * arguments.count))
        print(f"{kind:26}{one:8.2f} s {four:8.2f} s {four / one:6.1f} {'!' * (four > 6 * one)}", flush=True)


if __name__ == "__main__":
    main()
