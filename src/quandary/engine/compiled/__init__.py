"""Compiled code (numba, an extra) for large jobs: imported only where one asks for it."""
