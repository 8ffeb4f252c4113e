"""Benchmarks: a command of their own, never part of the tests."""
