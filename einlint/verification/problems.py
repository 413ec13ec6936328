"""What is wrong with a question, in one sentence."""

from __future__ import annotations


class QuestionError(ValueError):
    """The question cannot be read."""
