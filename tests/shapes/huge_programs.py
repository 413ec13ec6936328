"""Code of the kinds that make interpreters slow, each with a call that einlint reads."""

from __future__ import annotations

from collections.abc import Callable

_HEAD = "import torch\nfrom einops import rearrange\n\n\n"
_SWAP = 'rearrange({}, "a b -> b a")'


def _function(lines: list[str], parameters: str = "x") -> str:
    return f"{_HEAD}def f({parameters}):\n" + "".join(f"    {line}\n" for line in lines) + "    return x\n"


def long_function(lines: int = 10_000) -> str:
    """Statements in a row, every tenth a call."""
    return _function([f"x = {_SWAP.format('x')}" if k % 10 == 0 else f"y{k % 50} = x + {k}" for k in range(lines)])


def long_script(lines: int = 10_000) -> str:
    return _HEAD + "x = torch.zeros(2, 3)\n" + f"x = {_SWAP.format('x')}\ny = x.t() + 1\n" * (lines // 2)


def many_functions(count: int = 1_000) -> str:
    body = f"    b, n = x.shape\n    y = {_SWAP.format('x')}\n    return y @ x\n\n\n"
    return _HEAD + "".join(f"def f{k}(x):\n{body}" for k in range(count))


def nested_calls(depth: int = 80) -> str:
    """As deep as CPython parses."""
    call = "x"
    for _ in range(depth):
        call = _SWAP.format(call)
    return _function([f"x = {call}"])


def chained_calls(count: int = 200) -> str:
    return _function([_SWAP.format("x"), "x = x" + ".t()" * count])


def functions_that_call_functions(depth: int = 200, calls: int = 3) -> str:
    """Each calls the next one several times."""
    last = f"def f{depth}(x):\n    return {_SWAP.format('x')}\n\n\n"
    return _HEAD + last + "".join(
        f"def f{k}(x):\n    x = torch.zeros(2, 3)\n" + f"    x = f{k + 1}(x)\n" * calls + "    return x\n\n\n"
        for k in reversed(range(depth))
    ) + "f0(torch.zeros(2, 3))\n"  # fmt: skip


def deep_recursion(functions: int = 12) -> str:
    """Functions that all call all."""
    calls = "".join(f"    x = f{k}(x)\n" for k in range(functions))
    return _HEAD + "".join(
        f"def f{k}(x):\n    x = {_SWAP.format('x')}\n{calls}    return x\n" for k in range(functions)
    )


def methods_that_call_methods(count: int = 60) -> str:
    """Each calls three others, with other tensors, and all lead back to it."""
    methods = [
        f"    def m{i}(self, x):\n        y = self.m{(i * 7 + 1) % count}(rearrange(x, 'b n d -> b d n'))\n"
        f"        z = self.m{(i * 5 + 2) % count}(rearrange(x, 'b n d -> n b d'))\n"
        f"        return self.m{(i * 3 + 3) % count}(y) + z\n"
        for i in range(count)
    ]
    return _HEAD + "class A:\n" + "".join(methods)


def many_lambdas(count: int = 2_000) -> str:
    """In a dictionary that a loop takes from."""
    lambdas = [f"'k{i}': lambda x, n={i}: rearrange(x, 'b n d -> b d n') + n" for i in range(count)]
    return _function([f"made = {{{', '.join(lambdas)}}}", "for key in made:", "    x = made[key](x)"])


def nested_loops(depth: int = 30) -> str:
    """Loops in loops, with a tensor of other rank in each reading of each."""
    lines = []
    for k in range(depth):
        lines += [
            f"{'    ' * k}for i{k} in range(3):",
            f"{'    ' * (k + 1)}y{k} = y{k}[None] if y{k} is not None else x",
        ]
    start = [f"y{k} = torch.zeros(2)" for k in range(depth)]
    return _function([*start, *lines, f"{'    ' * depth}x = {_SWAP.format('x')}"])


def nested_whiles(depth: int = 30) -> str:
    lines = [f"{'    ' * k}while x.shape[{k % 2}] > {k}:" for k in range(depth)]
    return _function([*lines, f"{'    ' * depth}x = {_SWAP.format('x')}"])


def nested_branches(depth: int = 60) -> str:
    lines = []
    for k in range(depth):
        lines += [f"{'    ' * k}if x.sum() > {k}:", f"{'    ' * (k + 1)}x = {_SWAP.format('x')}"]
    return _function(lines)


def nested_lambdas(depth: int = 60) -> str:
    return _function([f"g = {'lambda t: ' * depth}{_SWAP.format('t')}", f"x = g{'(x)' * depth}"])


def nested_comprehensions(depth: int = 15) -> str:
    text = _SWAP.format("x")
    for _ in range(depth):
        text = f"[{text} for _ in (1, 2, 3, 4, 5, 6, 7, 8)]"
    return _function([f"y = {text}"])


def many_branches(count: int = 1_000) -> str:
    lines = [f"x = {_SWAP.format('x')}"]
    for k in range(count):
        lines += [f"if flag{k % 7}:", f"    x = x + {k}", "else:", "    x = x.t()"]
    return _function(lines, "x, " + ", ".join(f"flag{k}" for k in range(7)))


def many_conditions(count: int = 400) -> str:
    """Ranks that are asked for and shapes that are compared."""
    lines = []
    for k in range(count):
        lines += [f"if x.ndim == {k % 5}:", "    x = x[None]", f"assert x.shape[0] == y.shape[{k % 3}]"]
    return _function([*lines, f"x = {_SWAP.format('x')}"], "x, y")


def many_names(count: int = 500) -> str:
    """Read in loops and branches."""
    lines = [f"x{k} = torch.zeros({k}, 2)" for k in range(count)]
    for k in range(count):
        lines += ["for _ in range(2):", f"    if x{k}.sum() > 0:", f"        x{k} = {_SWAP.format(f'x{k}')}"]
    return _function(lines)


def many_sizes(count: int = 100) -> str:
    """Products and sums of more and more lengths."""
    lines = [f"n{k} = x.shape[{k % 4}] * n{k - 1} + y.shape[{k % 3}]" for k in range(1, count)]
    return _function(["n0 = 1", *lines, f"z = torch.zeros(n{count - 1}, 2)", f"z = {_SWAP.format('z')}"], "x, y")


def squared_sizes(count: int = 40) -> str:
    """A polynomial whose number of terms doubles with each line."""
    lines = [f"n = (n + x.shape[{k % 4}]) * (n + y.shape[{k % 4}])" for k in range(count)]
    return _function(["n = x.size(0)", *lines, "z = torch.zeros(n, 2)", f"z = {_SWAP.format('z')}"], "x, y")


def divided_sizes(count: int = 60) -> str:
    lines = [f"n = (n * x.shape[{k % 4}] + {k}) // y.shape[{k % 3}] % 1000" for k in range(count)]
    return _function(["n = x.size(0)", *lines, "z = torch.zeros(n, 2)", f"z = {_SWAP.format('z')}"], "x, y")


def names_times_branches(count: int = 2_000) -> str:
    """Many names are known at many branches."""
    lines = [f"x{k} = x + {k}" for k in range(count)]
    for k in range(count):
        lines += [f"if x{k} is flag:", f"    x{k} = 1"]
    return _function([f"x = {_SWAP.format('x')}", *lines], "x, flag")


def many_tensors(count: int = 300) -> str:
    """Of unknown lengths, put together."""
    tensors = ", ".join(f"x{k}" for k in range(count))
    return _function([
        *(f'x{k} = rearrange(x{k}, "a b -> b a")' for k in range(count)), f"y = torch.cat([{tensors}])",
        f"y = torch.stack([{tensors}])", f"x = {' + '.join(f'x{k}' for k in range(min(count, 100)))}",
    ], tensors)  # fmt: skip


def long_chain(count: int = 900) -> str:
    return _function([f"x = {_SWAP.format('x')}", f"x = {' + '.join(['x'] * count)}"])


PROGRAMS: dict[str, Callable[[], str]] = {
    f.__name__: f
    for f in (
        long_function, long_script, many_functions, nested_calls, chained_calls, functions_that_call_functions,
        deep_recursion, nested_loops, nested_whiles, nested_branches, nested_lambdas, nested_comprehensions,
        many_branches, many_conditions, many_names, many_sizes, squared_sizes, divided_sizes, names_times_branches,
        many_tensors, long_chain, methods_that_call_methods, many_lambdas,
    )
}  # fmt: skip
