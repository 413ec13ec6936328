"""Values that cost little to make: checks and locks that the type checker makes needless are left out.

Inference makes some hundred thousand small immutable values a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["cached", "dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
    from functools import cached_property as cached
else:
    import dataclasses

    class cached:  # noqa: N801 - used like `property`
        """`functools.cached_property` without the lock that it takes before Python 3.12."""

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self.compute = compute
            self.name = compute.__name__
            self.__doc__ = compute.__doc__

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.compute(instance)
            return value

    def dataclass(*, frozen: bool = False, eq: bool = True, repr: bool = True, **options: Any) -> Any:  # noqa: A002
        """`dataclasses.dataclass` that leaves it to the type checker that nobody assigns to a frozen value.

        A frozen class takes half the time to make, which all of them together do at every start, and its values too.
        """

        def decorated(cls: type) -> type:
            hashed = frozen and eq and cls.__dict__.get("__hash__") is None
            made: Any = dataclasses.dataclass(cls, eq=eq, unsafe_hash=hashed, repr=False, **options)
            if repr and "__repr__" not in cls.__dict__:
                made.__repr__ = _shown
            return made

        return decorated

    def _shown(self: Any) -> str:
        fields = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
        return f"{type(self).__qualname__}({', '.join(fields)})"
