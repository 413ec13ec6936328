"""Silent bugs: code that runs, gives the right shape and the wrong data.

While inference reads a file, `inspector` is told of every operation; each of the other modules looks for one kind of
mistake and gives a `Suspicion`, which the rule of that kind reports.
"""
