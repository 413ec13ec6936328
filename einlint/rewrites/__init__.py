"""Rewrites: what a call becomes, as code. LibCST visitors find the calls and keep what surrounds them."""
