"""Plots as inline SVG: one a file, each a function from numbers to markup."""
