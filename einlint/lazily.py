"""Values that cost little to make: checks and locks that the type checker makes needless are left out.

Inference makes some hundred thousand small immutable values a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["cached", "dataclass", "regex", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
    from functools import cached_property as cached
    from re import compile as regex
else:
    import dataclasses
    import re

    class cached:  # noqa: N801 - used like `property`
        """`functools.cached_property` without the lock that it takes before Python 3.12."""

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self.compute = compute
            self.name = compute.__name__
            self.__doc__ = compute.__doc__

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            value = self.compute(instance)
            setattr(instance, self.name, value)
            return value

    def replace(value: Any, **changes: Any) -> Any:
        """`dataclasses.replace` without its checks."""
        fields = [changes.pop(n) if n in changes else getattr(value, n) for n in value.__match_args__]
        return value.__class__(*fields, **changes)

    class regex:  # noqa: N801 - used like `re.compile`
        """A regular expression that is compiled when it is first used: most are not, in a run."""

        def __init__(self, *arguments: Any) -> None:
            self._arguments = arguments

        def __getattr__(self, name: str) -> Any:
            value = self.__dict__[name] = getattr(re.compile(*self._arguments), name)
            return value

    class _Late:
        """A method of a dataclass that is written when it is first called: most are not, in a run."""

        def __init__(self, cls: type, name: str) -> None:
            self.cls, self.name = cls, name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            twin = type(self.cls)(self.cls.__name__, (self.cls,), {"__doc__": "For its methods."})
            wanted = {"init": "__init__", "eq": "__eq__", "unsafe_hash": "__hash__"}
            options = {option: name == self.name for option, name in wanted.items()}
            dataclasses.dataclass(twin, repr=False, match_args=False, **options)
            method = twin.__dict__[self.name]
            setattr(self.cls, self.name, method)
            return method.__get__(instance, owner)

    def dataclass(*, frozen: bool = False, eq: bool = True, repr: bool = True, **options: Any) -> Any:  # noqa: A002
        """`dataclasses.dataclass` that leaves it to the type checker that nobody assigns to a frozen value.

        A frozen class takes half the time to make, which all of them together do at every start, and its values too.
        """

        def decorated(cls: type) -> type:
            methods = ["__init__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
            late = [name for name in methods if cls.__dict__.get(name) is None]
            made: Any = dataclasses.dataclass(cls, init=False, eq=False, repr=False, **options)
            if eq and not frozen and "__hash__" not in cls.__dict__:
                made.__hash__ = None
            for name in late:
                setattr(made, name, _Late(made, name))
            if repr and "__repr__" not in cls.__dict__:
                made.__repr__ = _shown
            return made

        return decorated

    def _shown(self: Any) -> str:
        fields = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
        return f"{type(self).__qualname__}({', '.join(fields)})"
