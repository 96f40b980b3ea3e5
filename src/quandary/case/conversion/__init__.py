"""From a located tree to the frozen records of ``case/model.py``, one file a section."""
