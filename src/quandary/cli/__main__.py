"""``python -m quandary.cli`` is the console command."""

from quandary.cli import main

main()
