"""Timings beside the peers: ``python -m benchmarks [NAME ...]``, or one script at a time."""
