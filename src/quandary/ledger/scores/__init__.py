"""How good forecasts were: proper scores, calibration, skill."""
