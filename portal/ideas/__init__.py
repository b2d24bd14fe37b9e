"""Ideas: topics of a kind of their own, with votes, a state, a roadmap, and the demand behind them."""
