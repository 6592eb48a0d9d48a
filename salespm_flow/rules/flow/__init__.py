"""How work flows through states: times, rates, bottleneck, throughput, and series over days.

Pure: knows neither the store nor the clock.
"""
