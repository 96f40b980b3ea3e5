"""``python -m quandary`` is the console command ``quandary``."""

from quandary.cli import main

main()
