"""One rule per file; its page stands beside it."""
