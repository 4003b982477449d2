"""Batches 评价批次 and the plan that each is pinned to. Everything of an evaluation hangs on one of them."""
