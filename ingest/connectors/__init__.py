"""Readers of files: one module a format, each turning a file into rows that remember their line."""
