"""Business logic: a rule of the trade that one request, or one order of them, goes around."""
