"""The recipe of made sessions: movements, the muscles behind them, and who wears the band."""
