"""Hierarchical forecasts on any summing matrix: points that add up at every level, and intervals that were tried."""

from streams.forecast.choice import Choice
from streams.forecast.errors import UnusableHistory, UnusableSumming
from streams.forecast.hierarchy import Forecast, forecast

__all__ = ["Choice", "Forecast", "UnusableHistory", "UnusableSumming", "forecast"]
