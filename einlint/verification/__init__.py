"""Are two expressions equal? Run on fresh tensors in a locked worker, never through `eval`."""
