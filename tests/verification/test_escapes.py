"""Hostile expressions: refused in one sentence, nothing run, written or left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from einlint.verification.expressions import Refused, parse
from einlint.verification.question import parse_question
from einlint.verification.verdict import decide
from einlint.verification.workers import WorkerProcess

REFUSED_BEFORE_RUNNING = (
    "__import__('os').system('touch pwned')",
    "x.__class__",
    "x.__class__.__mro__[1].__subclasses__()",
    "x.__reduce__()",
    "x.sum.__globals__",
    "().__class__",
    "getattr(x, 'sum')()",
    "eval('1')",
    "exec('1')",
    "compile('1', '', 'eval')",
    "open('pwned', 'w')",
    "globals()",
    "vars(x)",
    "type(x)",
    "breakpoint()",
    "print(x)",
    "input()",
    "lambda: x",
    "(y := x)",
    "f'{x}'",
    "f'{x.__class__}'",
    "'{0.__class__}'.format(x)",
    "'a'.join(['b'])",
    "'a'.encode()",
    "b'abc'",
    "{x for x in (1, 2)}",
    "{1: 2 for y in (1, 2)}",
    "{x: 1}",
    "[(a, b) for a in (1, 2) for b in (3, 4)]",
    "[[b for b in (1, 2)] for a in (1, 2)]",
    "torch.os.system('touch pwned')",
    "torch.sys.modules",
    "torch.ops.load_library('pwned.so')",
    "torch.ops.aten.add(x, x)",
    "torch.load('pwned')",
    "torch.save(x, 'pwned')",
    "torch.hub.load('a', 'b')",
    "torch.classes.load_library('pwned.so')",
    "torch.utils.cpp_extension.load('a', ['b'])",
    "torch.jit.load('pwned')",
    "torch.compile(x)",
    "torch.from_file('pwned', shared=True, size=10)",
    "torch.rand(3)",
    "torch.randn(3)",
    "torch.randperm(3)",
    "torch.empty(3)",
    "torch.bernoulli(x)",
    "torch.set_default_dtype(torch.float16)",
    "torch.set_num_threads(64)",
    "torch.manual_seed(1)",
    "torch.multiprocessing.spawn(x)",
    "torch.Tensor.__init__",
    "torch._C",
    "torch.storage",
    "torch.func.vmap(x)",
    "torch.nn.functional.torch.os.system('touch pwned')",
    "F.torch.os.system('touch pwned')",
    "F.dropout(x)",
    "F.handle_torch_function(x)",
    "np.fromfile('pwned')",
    "np.load('pwned', allow_pickle=True)",
    "np.save('pwned', x)",
    "np.memmap('pwned')",
    "np.loadtxt('pwned')",
    "np.savetxt('pwned', x)",
    "np.genfromtxt('pwned')",
    "np.random.rand(3)",
    "np.ctypeslib.load_library('a', 'b')",
    "np.lib.format.open_memmap('pwned')",
    "np.lib.stride_tricks.as_strided(x, (10**9,), (8,))",
    "np.frompyfunc(x, 1, 1)",
    "np.vectorize(x)",
    "np.apply_along_axis(x, 0, x)",
    "np.empty(3)",
    "np.os.system('touch pwned')",
    "math.__loader__",
    "math.factorial(10**6)",
    "math.comb(10**6, 10**5)",
    "einops.einops.functools",
    "einops.layers.torch.torch.os.system('touch pwned')",
    "einops._backends.sys",
    "x.share_memory_()",
    "x.data_ptr()",
    "x.untyped_storage()",
    "x.storage()",
    "x.set_(x)",
    "x.resize_(10**9)",
    "x.register_hook(x)",
    "x.backward()",
    "x.tofile('pwned')",
    "x.dump('pwned')",
    "x.apply_(x)",
    "x.map_(x, x)",
    "x.normal_()",
    "x.uniform_()",
    "x.random_()",
    "x.new_empty(3)",
    "x.pin_memory()",
    "x.cuda()",
    "x.setflags(write=True)",
    "x.ctypes",
    "x.base",
    "x.grad_fn",
    "torch.sum(x, out=x)",
    "np.add(x, x, out=x)",
    "reduce(x, 'b n -> b', torch.sum)",
    "reduce(x, 'b n -> b', np.sum)",
    "sorted([x], key=len)",
    "max([x], key=abs)",
    "2 ** 100",
    "2 ** 64 ** 2",
    "x ** 1000",
    "9223372036854775808",
    "10 ** 70",
    "'" + "a" * 5000 + "'",
    "-" * 3000 + "1",
    "(" * 300 + "x" + ")" * 300,
    "[" * 90 + "x" + "]" * 90,
    "x" + ".T" * 300,
    "x" + "[0]" * 300,
    "+".join(["x"] * 500),
    "x\0",
    "import os",
    "x; x",
    "yield x",
    "await x",
    "",
)

REFUSED_WHILE_RUNNING = (
    "torch.ones(2**40)",
    "torch.ones(2**25)",
    "x.repeat(2**30, 1)",
    "x.expand(2**40, *x.shape)",
    "torch.kron(torch.ones(2**13), torch.ones(2**13))",
    "torch.ones(2**13)[:, None] @ torch.ones(2**13)[None] @ torch.ones(2**13, 2**12)",
    "torch.arange(2**40)",
    "np.ones(2**40)",
    "np.ones(2**25)",
    "range(2**40)",
    "list(range(10**6))",
    "[0] * 2**40",
    "(0,) * 10**9",
    "[[0] * 8000] * 8000 * 8000",
    "sum([i for i in range(10**9)])",
    "2 ** 63 * 2 ** 63 * 2 ** 63",
    "1 << 1000",
    "F.one_hot(torch.tensor(2**40), 2**41)",
    "'a' * 10**9",
    "'%s' % x",
    "'b n' + ' -> n b'",
    "['a', 'b'][0][0]",
    "F.scaled_dot_product_attention(x, x, x, dropout_p=0.5)",
    "np.add(x, x, x)",
    "np.ones(3).astype('O')",
    "np.array(['a', 'b'])",
    "np.ones(3).astype('S10')",
    "torch.func.functional_call(torch.nn.Linear(1, 1), {}, (x,))",
    "rearrange(x, **{'out': x})",
)


@pytest.mark.parametrize("text", REFUSED_BEFORE_RUNNING)
def test_refused_before_anything_runs(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(text, ["x"])
    message = str(refusal.value)
    assert message and "\n" not in message and len(message) < 6000


@pytest.mark.parametrize("text", REFUSED_WHILE_RUNNING)
def test_refused_while_running(text: str, worker: WorkerProcess, tmp_path: Path) -> None:
    before = set(os.listdir())
    question = parse_question({"tensors": {"x": "b n"}, "a": text, "b": "x"})
    verdict = decide(question, worker)
    assert verdict.verdict == "unknown", verdict
    assert verdict.message
    assert set(os.listdir()) == before


def test_what_runs_too_long_is_killed_and_the_worker_comes_back() -> None:
    process = WorkerProcess(wall_seconds=2.0)
    try:
        slow = "torch.ones(3000, 3000)" + " @ torch.ones(3000, 3000)" * 30
        verdict = decide(parse_question({"tensors": {"x": "n"}, "a": slow, "b": "x"}), process)
        assert verdict.verdict == "unknown" and "longer than 2 seconds" in verdict.message
        verdict = decide(parse_question({"tensors": {"x": "n"}, "a": "x + x", "b": "2 * x"}), process)
        assert verdict.verdict in ("proved", "tested")
    finally:
        process.close()


def test_the_worker_has_no_environment_and_leaves_nothing(tmp_path: Path) -> None:
    process = WorkerProcess()
    process.start()
    assert process._process is not None and process._folder is not None
    pid, folder = process._process.pid, Path(process._folder.name)
    assert folder.is_dir()
    environment = Path(f"/proc/{pid}/environ")
    if environment.exists():
        assert b"HOME" not in environment.read_bytes()
    process.close()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
