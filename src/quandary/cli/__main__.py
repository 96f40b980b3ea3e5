"""``python -m quandary.cli`` is the console command."""

from quandary.cli.app import main

main()
