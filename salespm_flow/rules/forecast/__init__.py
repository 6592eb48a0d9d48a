"""What open deals will probably bring: calibrated probabilities, sums with their spread, how former forecasts fared.

Pure: knows neither the store nor the clock. Probabilities are ratios from 0 to 1.
"""
