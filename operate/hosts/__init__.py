"""Hosts that exist, looked at before anything is done on them: `make check-hosts`.

Owns the whole way from a look (probe.sh, survey.py, facts.py) over judgement (requirements.py, rules.py, agreement.py)
to one table for all hosts (table.py). Does not own any change of a host: a look reads only, and each host's own guard
stands in the node script.
"""
