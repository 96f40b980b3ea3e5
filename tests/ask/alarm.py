"""A case in which a thief is met only after leaving, and leaving is barred in silence."""

ALARM = """
quandary: 1
title: An alarm
as_of: 2022-01-08
actors: {guard: {name: The guard, rationality: x2 per 10}}
story:
  - chance: alarm
    states: [silent, rings]
    odds: {rings: 30%, silent: rest}
  - decision: go
    by: guard
    sees: [alarm]
    options: [wait, leave]
    only: [alarm = silent: [wait]]
  - chance: find
    given: [go]
    states: [nothing, thief]
    odds: [go = wait: {nothing: 100%}, otherwise: {thief: 60%, nothing: rest}]
  - decision: shout
    by: guard
    sees: [find]
    options: [calm, loud]
stakes:
  guard:
    safety:
      worth:
        - alarm = rings and find = thief and shout = loud: 80
        - alarm = silent and shout = calm: 60
        - otherwise: 20
"""
