"""Benchmarks: one file each, run by `scripts/bench`, one table out."""
