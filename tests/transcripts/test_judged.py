"""No change may lower, unseen, how well search answers the judged queries."""

from bench.judged import measure_judged

NDCG, RECALL, QUERIES = 0.98, 0.995, 75


def test_judged_queries_are_answered_as_well_as_before():
    measured = measure_judged()

    assert measured["judged_queries"] >= QUERIES
    assert measured["ndcg10"] >= NDCG
    assert measured["recall50"] >= RECALL
